// Every table that comes from Square, each behind those that it refers to, and when each kind of data is brought in.

import { CATALOG_FLOWS } from './catalog-flows.ts'
import { SALES_FLOWS } from './sales-flows.ts'
import type { SquareFlow } from './square-flow.ts'

export const SQUARE_FLOWS: readonly SquareFlow[] = [...CATALOG_FLOWS, ...SALES_FLOWS]

export interface SquareSchedule {
  /** As people order it. */
  readonly dataType: string
  readonly cron: string
  readonly priority: 'high' | 'medium' | 'low'
  readonly tables: readonly string[]
}

/** The tables of one line are brought in one after another; lines of one time in this order, for what refers to what. */
export const SQUARE_SCHEDULE: readonly SquareSchedule[] = [
  { dataType: 'locations', cron: '0 2 * * *', priority: 'low', tables: ['locations'] },
  { dataType: 'categories', cron: '0 2 * * *', priority: 'medium', tables: ['catalog_categories'] },
  {
    dataType: 'catalog',
    cron: '0 2 * * *',
    priority: 'high',
    tables: [
      ...['catalog_items', 'catalog_variations', 'catalog_location_availability', 'vendors', 'catalog_vendor_info'],
      'square_item_library_export',
    ],
  },
  { dataType: 'inventory', cron: '0 2 * * *', priority: 'medium', tables: ['catalog_inventory'] },
  { dataType: 'orders', cron: '0 2 * * *', priority: 'high', tables: SALES_FLOWS.map(({ table }) => table) },
]
