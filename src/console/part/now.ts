// The time, as it passes for what says how long ago something was.

import { signal } from '@preact/signals'

const TICK_MS = 5_000

export const nowMs = signal(Date.now())

setInterval(() => {
  if (!document.hidden) nowMs.value = Date.now()
}, TICK_MS)
