// What is sold and paid: what changed lately, in the version that its order has. Orders that were not made through the API
// have no `version`, so that the time of their last change stands for it.

import type { Imported } from '../imported.ts'
import type { RestSpecInput } from '../rest-spec.ts'
import {
  CURRENCY,
  CURSOR_IN_BODY,
  CURSOR_IN_QUERY,
  ID,
  JSON_TEXT,
  LONG,
  NAME,
  OVERLAP_MS,
  QUANTITY,
  REFERENCE,
  SQUARE_LIST,
  type SquareFlow,
  TIME,
  WHOLE,
  WORD,
} from './square-flow.ts'

const WEEK = { changedWithinMs: 7 * 24 * 3_600_000 } as const
/** Left out, Square takes it for a year ago. */
const BEFORE_SQUARE = '2009-01-01T00:00:00Z'

/** How orders are asked for, whatever rows are made of them. */
const ORDERS = {
  path: '/v2/orders/search',
  locations: { at: { body: 'location_ids' }, atOnce: 10 },
  reads: WEEK,
} as const satisfies Partial<SquareFlow>

const ORDERS_ASKED = {
  ...SQUARE_LIST,
  method: 'POST',
  body: { query: { sort: { sort_field: 'UPDATED_AT', sort_order: 'ASC' } } },
  items: 'orders',
  pagination: { ...CURSOR_IN_BODY, size: { at: { body: 'limit' }, value: 250 } },
  version: { path: '^updated_at', as: 'time' },
  since: { at: { body: 'query.filter.date_time_filter.updated_at.start_at' }, as: 'iso', overlap: OVERLAP_MS },
  // No end is asked for, so that no order gets out of the walk that changes meanwhile. What is new is the next one's: the walk
  // ends however fast orders come.
  where: [{ path: 'created_at', until: 'order' }],
} as const satisfies SquareFlow['asks']

interface PartOfOrder {
  readonly table: string
  /** Where an order has the list of them. */
  readonly list: string
  /** What names one: alone, or within its order where it is a `uid`. */
  readonly name: 'id' | 'uid'
  readonly fields: Imported['fields']
  readonly places: NonNullable<RestSpecInput['fields']>
}

/** What an order has several of. It goes with the order, and comes out of the same walk. */
function partOfOrder({ table, list, name, fields, places }: PartOfOrder): SquareFlow {
  const ofOrder = { order_id: '^id', location_id: '^location_id', order_updated_at: '^updated_at' }
  return {
    ...ORDERS,
    table,
    walkedWith: 'orders',
    one: { path: '/v2/orders/{order_id}', item: 'order' },
    asks: { ...ORDERS_ASKED, expand: list, fields: { ...ofOrder, ...places } },
    imported: {
      fields: { order_id: ID, location_id: REFERENCE, order_updated_at: TIME, [name]: ID, ...fields },
      names: [name === 'uid' ? ['order_id', 'uid'] : ['id']],
    },
    references: { order_id: 'orders' },
    deletes: { withParent: 'order_id' },
  }
}

export const SALES_FLOWS: readonly SquareFlow[] = [
  {
    ...ORDERS,
    table: 'orders',
    one: { path: '/v2/orders/{id}', item: 'order' },
    asks: {
      ...ORDERS_ASKED,
      fields: {
        source_name: 'source.name',
        currency: 'total_money.currency',
        total_amount: 'total_money.amount',
        tax_amount: 'total_tax_money.amount',
        discount_amount: 'total_discount_money.amount',
        tip_amount: 'total_tip_money.amount',
        service_charge_amount: 'total_service_charge_money.amount',
        net_amount: 'net_amounts.total_money.amount',
      },
    },
    imported: {
      fields: {
        ...{
          id: ID,
          location_id: ID,
          customer_id: REFERENCE,
          reference_id: NAME,
          source_name: NAME,
          ticket_name: NAME,
        },
        ...{ state: WORD, version: WHOLE, currency: CURRENCY, total_amount: WHOLE, tax_amount: WHOLE },
        ...{ discount_amount: WHOLE, tip_amount: WHOLE, service_charge_amount: WHOLE, net_amount: WHOLE },
        ...{ created_at: TIME, updated_at: TIME, closed_at: TIME },
      },
      names: [['id']],
    },
    references: { location_id: 'locations' },
    deletes: 'never',
  },
  partOfOrder({
    table: 'order_line_items',
    list: 'line_items',
    name: 'uid',
    fields: {
      ...{ name: NAME, variation_name: NAME, item_type: WORD, note: LONG, quantity: QUANTITY },
      ...{ catalog_object_id: REFERENCE, catalog_version: WHOLE, currency: CURRENCY, base_price_amount: WHOLE },
      ...{ gross_sales_amount: WHOLE, tax_amount: WHOLE, discount_amount: WHOLE, total_amount: WHOLE },
      ...{ modifiers: JSON_TEXT },
    },
    places: {
      currency: 'total_money.currency',
      base_price_amount: 'base_price_money.amount',
      gross_sales_amount: 'gross_sales_money.amount',
      tax_amount: 'total_tax_money.amount',
      discount_amount: 'total_discount_money.amount',
      total_amount: 'total_money.amount',
    },
  }),
  partOfOrder({
    table: 'order_fulfillments',
    list: 'fulfillments',
    name: 'uid',
    fields: { type: WORD, state: WORD, recipient_name: NAME, due_at: TIME, details: JSON_TEXT },
    places: {
      recipient_name: [
        'pickup_details.recipient.display_name',
        'shipment_details.recipient.display_name',
        'delivery_details.recipient.display_name',
      ],
      due_at: ['pickup_details.pickup_at', 'shipment_details.expected_shipped_at', 'delivery_details.deliver_at'],
      details: ['pickup_details', 'shipment_details', 'delivery_details'],
    },
  }),
  partOfOrder({
    table: 'order_refunds',
    list: 'refunds',
    name: 'id',
    fields: {
      ...{ transaction_id: REFERENCE, tender_id: REFERENCE, reason: NAME, status: WORD },
      ...{ amount: WHOLE, currency: CURRENCY, processing_fee_amount: WHOLE, created_at: TIME },
    },
    places: {
      location_id: ['location_id', '^location_id'],
      amount: 'amount_money.amount',
      currency: 'amount_money.currency',
      processing_fee_amount: 'processing_fee_money.amount',
    },
  }),
  partOfOrder({
    table: 'order_returns',
    list: 'returns',
    name: 'uid',
    fields: {
      ...{ source_order_id: REFERENCE, amount: WHOLE, currency: CURRENCY, tax_amount: WHOLE },
      ...{ return_line_items: JSON_TEXT },
    },
    places: {
      amount: 'return_amounts.total_money.amount',
      currency: 'return_amounts.total_money.currency',
      tax_amount: 'return_amounts.tax_money.amount',
    },
  }),
  partOfOrder({
    table: 'tenders',
    list: 'tenders',
    name: 'id',
    fields: {
      ...{ transaction_id: REFERENCE, payment_id: REFERENCE, customer_id: REFERENCE, type: WORD, note: LONG },
      ...{ amount: WHOLE, currency: CURRENCY, tip_amount: WHOLE, processing_fee_amount: WHOLE },
      ...{ card_brand: WORD, card_last_4: WORD, created_at: TIME },
    },
    places: {
      location_id: ['location_id', '^location_id'],
      amount: 'amount_money.amount',
      currency: 'amount_money.currency',
      tip_amount: 'tip_money.amount',
      processing_fee_amount: 'processing_fee_money.amount',
      card_brand: 'card_details.card.card_brand',
      card_last_4: 'card_details.card.last_4',
    },
  }),
  {
    table: 'payments',
    path: '/v2/payments',
    one: { path: '/v2/payments/{id}', item: 'payment' },
    locations: { at: { query: 'location_id' }, atOnce: 1 },
    asks: {
      ...SQUARE_LIST,
      query: { begin_time: BEFORE_SQUARE, sort_field: 'UPDATED_AT', sort_order: 'ASC' },
      items: 'payments',
      pagination: { ...CURSOR_IN_QUERY, size: { at: { query: 'limit' }, value: 100 } },
      version: { path: 'updated_at', as: 'time' },
      since: { at: { query: 'updated_at_begin_time' }, as: 'iso', overlap: OVERLAP_MS },
      until: { at: { query: 'updated_at_end_time' }, as: 'iso' },
      fields: {
        amount: 'amount_money.amount',
        currency: 'amount_money.currency',
        tip_amount: 'tip_money.amount',
        total_amount: 'total_money.amount',
        refunded_amount: 'refunded_money.amount',
        card_brand: 'card_details.card.card_brand',
        card_last_4: 'card_details.card.last_4',
      },
    },
    imported: {
      fields: {
        ...{ id: ID, location_id: ID, order_id: REFERENCE, customer_id: REFERENCE, reference_id: NAME, status: WORD },
        ...{ source_type: WORD, amount: WHOLE, currency: CURRENCY, tip_amount: WHOLE, total_amount: WHOLE },
        ...{ refunded_amount: WHOLE, card_brand: WORD, card_last_4: WORD, receipt_number: WORD, receipt_url: NAME },
        ...{ note: LONG, created_at: TIME, updated_at: TIME },
      },
      names: [['id']],
    },
    references: { location_id: 'locations' },
    reads: WEEK,
    deletes: 'never',
  },
  {
    table: 'transactions',
    path: '/v2/locations/{location_id}/transactions',
    one: { path: '/v2/locations/{location_id}/transactions/{id}', item: 'transaction' },
    locations: { at: { url: 'location_id' }, atOnce: 1 },
    asks: {
      ...SQUARE_LIST,
      query: { begin_time: BEFORE_SQUARE, sort_order: 'ASC' },
      items: 'transactions',
      pagination: CURSOR_IN_QUERY,
      since: { at: { query: 'begin_time' }, as: 'iso', overlap: OVERLAP_MS },
      until: { at: { query: 'end_time' }, as: 'iso' },
      fields: {
        tender_ids: 'tenders[*].id',
        refund_ids: 'refunds[*].id',
        amount: 'tenders[0].amount_money.amount',
        currency: 'tenders[0].amount_money.currency',
      },
    },
    imported: {
      fields: {
        ...{ id: ID, location_id: ID, order_id: REFERENCE, reference_id: NAME, product: WORD, client_id: NAME },
        ...{ amount: WHOLE, currency: CURRENCY, tender_ids: JSON_TEXT, refund_ids: JSON_TEXT, created_at: TIME },
      },
      names: [['id']],
    },
    references: { location_id: 'locations' },
    reads: WEEK,
    deletes: 'never',
  },
]
