// What came of a sync, in words.

import type { SyncJobView } from '../../control/sync-view.ts'
import { counted } from '../part/figures.ts'

export function resultText({ new_comments, new_customers, skipped_duplicates, errors, state }: SyncJobView): string {
  if (state === 'failed') return errors[0] ?? 'failed'
  if (state !== 'done') return state
  const news = [
    ...(new_comments > 0 ? [counted(new_comments, 'new comment')] : []),
    ...(new_customers > 0 ? [counted(new_customers, 'new customer')] : []),
  ]
  const known = skipped_duplicates > 0 ? ` (${counted(skipped_duplicates, 'row')} known already)` : ''
  const wrong = errors.length > 0 ? `; ${errors.join('; ')}` : ''
  return `${news.length === 0 ? 'nothing new' : `${news.join(', ')} synced`}${known}${wrong}`
}
