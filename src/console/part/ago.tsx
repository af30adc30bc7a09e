// When something was: how long ago, and exactly when one asks.

import { agoText, exactTime } from './moments.ts'
import { nowMs } from './now.ts'

export function Ago({ at, never = 'Never' }: { readonly at: string | null; readonly never?: string }) {
  if (at === null) return <span class="quiet">{never}</span>
  const when = new Date(at)
  return (
    <time dateTime={at} title={exactTime(when)}>
      {agoText(when, Math.max(nowMs.value, Date.now()))}
    </time>
  )
}
