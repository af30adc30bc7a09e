// What a price list says of each thing on it.

import type { Imported } from './imported.ts'

export const PRICE_LIST: Imported = {
  fields: {
    external_id: { type: 'text', lengthMax: 190 },
    category: { type: 'text', lengthMax: 100 },
    name: { type: 'text', lengthMax: 255, isRequired: true },
    description: { type: 'text', lengthMax: 10_000 },
    price: { type: 'decimal', scale: 2, least: 0, most: 99_999_999.99 },
    currency: { type: 'text', lengthMax: 3 },
    is_active: { type: 'boolean' },
  },
  names: [['external_id'], ['category', 'name'], ['name']],
}
