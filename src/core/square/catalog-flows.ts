// The catalogue and where it is sold: read as a whole, with what was deleted; a row's version is the catalogue's own.

import type { ImportedField } from '../imported.ts'
import type { RestSpecInput } from '../rest-spec.ts'
import {
  CURRENCY,
  CURSOR_IN_BODY,
  ID,
  JSON_TEXT,
  LONG,
  NAME,
  QUANTITY,
  REFERENCE,
  SQUARE_LIST,
  type SquareFlow,
  TIME,
  WHOLE,
  WORD,
  YES_NO,
} from './square-flow.ts'

interface CatalogFlow extends Omit<SquareFlow, 'path' | 'asks' | 'reads' | 'imported'> {
  readonly of: 'CATEGORY' | 'ITEM' | 'ITEM_VARIATION'
  readonly asks?: Partial<RestSpecInput>
  readonly fields: Readonly<Record<string, ImportedField>>
  readonly names: readonly (readonly string[])[]
  readonly reads?: SquareFlow['reads']
}

/** Changes of the catalogue carry the time at which it changed, so that nothing has to overlap. */
function catalogFlow({ of, asks = {}, fields, names, reads = 'all', ...rest }: CatalogFlow): SquareFlow {
  return {
    ...rest,
    path: '/v2/catalog/search',
    ...('id' in fields && { one: { path: '/v2/catalog/object/{id}', item: 'object' } }),
    reads,
    imported: { fields, names },
    asks: {
      ...SQUARE_LIST,
      method: 'POST',
      body: { object_types: [of], include_deleted_objects: rest.deletes === 'flagged' },
      items: 'objects',
      pagination: { ...CURSOR_IN_BODY, size: { at: { body: 'limit' }, value: 1_000 } },
      // What is rebuilt has no older rows to compare with, and an item's version says nothing of its variations.
      ...(reads === 'rebuild' ? {} : { version: { path: '^version', as: 'number' } as const }),
      ...(rest.deletes === 'flagged' ? { gone: '^is_deleted' } : {}),
      since: { at: { body: 'begin_time' }, as: 'iso', overlap: 60_000 },
      ...asks,
    },
  }
}

const MONEY = { price_amount: WHOLE, price_currency: CURRENCY }

export const CATALOG_FLOWS: readonly SquareFlow[] = [
  {
    table: 'locations',
    path: '/v2/locations',
    one: { path: '/v2/locations/{id}', item: 'location' },
    asks: {
      ...SQUARE_LIST,
      items: 'locations',
      fields: {
        address_line_1: 'address.address_line_1',
        locality: 'address.locality',
        region: 'address.administrative_district_level_1',
        postal_code: 'address.postal_code',
      },
    },
    imported: {
      fields: {
        ...{ id: ID, name: NAME, business_name: NAME, description: LONG, type: WORD, status: WORD, timezone: WORD },
        ...{ country: WORD, currency: CURRENCY, language_code: WORD, merchant_id: REFERENCE, phone_number: WORD },
        ...{ business_email: NAME, website_url: NAME, mcc: WORD, created_at: TIME },
        ...{ address_line_1: NAME, locality: NAME, region: NAME, postal_code: WORD },
      },
      names: [['id']],
    },
    references: {},
    reads: 'all',
    // A location that closes becomes inactive: what was sold there stays.
    deletes: 'never',
  },
  catalogFlow({
    table: 'catalog_categories',
    of: 'CATEGORY',
    asks: {
      fields: {
        name: 'category_data.name',
        category_type: 'category_data.category_type',
        parent_category_id: 'category_data.parent_category.id',
        is_top_level: 'category_data.is_top_level',
        ordinal: 'category_data.parent_category.ordinal',
        online_visibility: 'category_data.online_visibility',
      },
    },
    fields: {
      ...{
        id: ID,
        name: NAME,
        category_type: WORD,
        parent_category_id: REFERENCE,
        is_top_level: YES_NO,
        ordinal: WHOLE,
      },
      ...{ online_visibility: YES_NO, present_at_all_locations: YES_NO, version: WHOLE, updated_at: TIME },
    },
    names: [['id']],
    references: {},
    deletes: 'flagged',
  }),
  catalogFlow({
    table: 'catalog_items',
    of: 'ITEM',
    asks: {
      fields: {
        name: 'item_data.name',
        description: ['item_data.description_plaintext', 'item_data.description'],
        category_id: ['item_data.reporting_category.id', 'item_data.categories[0].id', 'item_data.category_id'],
        category_ids: 'item_data.categories[*].id',
        product_type: 'item_data.product_type',
        is_taxable: 'item_data.is_taxable',
        is_archived: 'item_data.is_archived',
        tax_ids: 'item_data.tax_ids',
        image_ids: 'item_data.image_ids',
      },
    },
    fields: {
      ...{ id: ID, name: NAME, description: LONG, category_id: REFERENCE, category_ids: JSON_TEXT, product_type: WORD },
      ...{ is_taxable: YES_NO, is_archived: YES_NO, tax_ids: JSON_TEXT, image_ids: JSON_TEXT },
      ...{ present_at_all_locations: YES_NO, version: WHOLE, updated_at: TIME },
    },
    names: [['id']],
    references: {},
    deletes: 'flagged',
  }),
  catalogFlow({
    table: 'catalog_variations',
    of: 'ITEM_VARIATION',
    asks: {
      fields: {
        item_id: 'item_variation_data.item_id',
        name: 'item_variation_data.name',
        sku: 'item_variation_data.sku',
        upc: 'item_variation_data.upc',
        ordinal: 'item_variation_data.ordinal',
        pricing_type: 'item_variation_data.pricing_type',
        price_amount: 'item_variation_data.price_money.amount',
        price_currency: 'item_variation_data.price_money.currency',
        track_inventory: 'item_variation_data.track_inventory',
        inventory_alert_type: 'item_variation_data.inventory_alert_type',
        inventory_alert_threshold: 'item_variation_data.inventory_alert_threshold',
        sellable: 'item_variation_data.sellable',
        stockable: 'item_variation_data.stockable',
        location_overrides: 'item_variation_data.location_overrides',
      },
    },
    fields: {
      ...{ id: ID, item_id: REFERENCE, name: NAME, sku: NAME, upc: WORD, ordinal: WHOLE, pricing_type: WORD, ...MONEY },
      ...{ track_inventory: YES_NO, inventory_alert_type: WORD, inventory_alert_threshold: WHOLE },
      ...{ sellable: YES_NO, stockable: YES_NO, location_overrides: JSON_TEXT },
      ...{ present_at_all_locations: YES_NO, version: WHOLE, updated_at: TIME },
    },
    names: [['id']],
    references: { item_id: 'catalog_items' },
    deletes: 'flagged',
  }),
  catalogFlow({
    table: 'catalog_location_availability',
    of: 'ITEM',
    derived: 'availability',
    asks: { fields: { item_id: '^id', version: '^version' } },
    fields: { item_id: ID, location_id: ID, is_present: YES_NO, version: WHOLE },
    names: [['item_id', 'location_id']],
    references: { item_id: 'catalog_items', location_id: 'locations' },
    deletes: 'flagged',
  }),
  {
    table: 'vendors',
    path: '/v2/vendors/search',
    one: { path: '/v2/vendors/{id}', item: 'vendor' },
    asks: {
      ...SQUARE_LIST,
      method: 'POST',
      body: { filter: { status: ['ACTIVE', 'INACTIVE'] }, sort: { field: 'CREATED_AT', order: 'ASC' } },
      items: 'vendors',
      pagination: CURSOR_IN_BODY,
      version: { path: 'version', as: 'number' },
      fields: {
        contact_name: 'contacts[0].name',
        contact_email: 'contacts[0].email_address',
        contact_phone: 'contacts[0].phone_number',
        address: 'address',
      },
    },
    imported: {
      fields: {
        ...{ id: ID, name: NAME, account_number: NAME, note: LONG, status: WORD, version: WHOLE },
        ...{ contact_name: NAME, contact_email: NAME, contact_phone: WORD, address: JSON_TEXT },
        ...{ created_at: TIME, updated_at: TIME },
      },
      names: [['id']],
    },
    references: {},
    reads: 'all',
    deletes: 'unseen',
  },
  catalogFlow({
    table: 'catalog_vendor_info',
    of: 'ITEM_VARIATION',
    asks: {
      expand: 'item_variation_data.vendor_information',
      fields: {
        variation_id: '^id',
        unit_cost_amount: 'unit_cost_money.amount',
        unit_cost_currency: 'unit_cost_money.currency',
        version: '^version',
      },
    },
    fields: {
      ...{ variation_id: ID, vendor_id: REFERENCE, vendor_code: NAME, version: WHOLE },
      ...{ unit_cost_amount: WHOLE, unit_cost_currency: CURRENCY },
    },
    names: [['variation_id', 'vendor_id'], ['variation_id', 'vendor_code'], ['variation_id']],
    references: { variation_id: 'catalog_variations', vendor_id: 'vendors' },
    deletes: 'unseen',
  }),
  catalogFlow({
    table: 'square_item_library_export',
    of: 'ITEM',
    asks: {
      expand: 'item_data.variations',
      fields: {
        token: 'id',
        item_name: '^item_data.name',
        variation_name: 'item_variation_data.name',
        sku: 'item_variation_data.sku',
        gtin: 'item_variation_data.upc',
        description: ['^item_data.description_plaintext', '^item_data.description'],
        category_id: ['^item_data.reporting_category.id', '^item_data.categories[0].id', '^item_data.category_id'],
        price_amount: 'item_variation_data.price_money.amount',
        price_currency: 'item_variation_data.price_money.currency',
        sellable: 'item_variation_data.sellable',
        stockable: 'item_variation_data.stockable',
        is_archived: '^item_data.is_archived',
        item_id: '^id',
      },
    },
    fields: {
      ...{ token: ID, item_id: ID, item_name: NAME, variation_name: NAME, sku: NAME, gtin: WORD, description: LONG },
      ...{ category_id: REFERENCE, ...MONEY, sellable: YES_NO, stockable: YES_NO, is_archived: YES_NO },
    },
    names: [['token']],
    references: {},
    reads: 'rebuild',
    deletes: 'never',
  }),
  {
    table: 'catalog_inventory',
    path: '/v2/inventory/counts/batch-retrieve',
    asks: {
      ...SQUARE_LIST,
      method: 'POST',
      body: {},
      items: 'counts',
      pagination: { ...CURSOR_IN_BODY, size: { at: { body: 'limit' }, value: 1_000 } },
      version: { path: 'calculated_at', as: 'time' },
      since: { at: { body: 'updated_after' }, as: 'iso', overlap: 600_000 },
      fields: { variation_id: 'catalog_object_id' },
    },
    imported: {
      fields: {
        ...{ variation_id: ID, location_id: ID, state: { ...WORD, isRequired: true }, quantity: QUANTITY },
        ...{ is_estimated: YES_NO, calculated_at: TIME },
      },
      names: [['variation_id', 'location_id', 'state']],
    },
    references: { variation_id: 'catalog_variations', location_id: 'locations' },
    reads: { changedWithinMs: 24 * 3_600_000 },
    deletes: 'never',
  },
]
