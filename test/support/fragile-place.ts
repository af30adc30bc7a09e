// A table in MySQL whose rows a connector fails over while they are BAD, and who is told of it.

import { FeedbackPlace } from './feedback-place.ts'
import type { Settings } from './millrace.ts'

const FRAGILE = new URL('./connectors/fragile.ts', import.meta.url).pathname

export async function openFragilePlace(settings: Settings): Promise<FeedbackPlace> {
  const place = await FeedbackPlace.open({ ...settings, MILLRACE_CONNECTORS: FRAGILE })
  Object.assign(place.settings, { MILLRACE_FRAGILE_TABLE: place.table.name, MILLRACE_FRAGILE_REFUSES: 'BAD' })
  Reflect.deleteProperty(place.settings, 'MILLRACE_FEEDBACK_TABLE')
  await place.database.query('CREATE TABLE stock (id INT PRIMARY KEY, name VARCHAR(60), amount INT)')
  return place
}
