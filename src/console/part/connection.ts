// Whether the server is there. While it is not, it is asked again and again, more and more seldom; what the page shows stays.

import { signal } from '@preact/signals'

const WAITS_MS = [500, 1_000, 2_000, 4_000, 5_000]
const TIMEOUT_MS = 5_000

/** Since when nobody has answered; null while somebody does. */
export const silentSince = signal<Date | null>(null)
/** Grows whenever the server is back: whatever is shown is asked for again. */
export const returns = signal(0)

export function heard(): void {
  if (silentSince.value === null) return
  silentSince.value = null
  returns.value++
}

export function missed(): void {
  if (silentSince.value !== null) return
  silentSince.value = new Date()
  void lookFor(0)
}

async function lookFor(tried: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, WAITS_MS[Math.min(tried, WAITS_MS.length - 1)]))
  if (silentSince.value === null) return
  const isThere = await fetch('/health/live', { signal: AbortSignal.timeout(TIMEOUT_MS) }).then(
    ({ ok }) => ok,
    () => false,
  )
  if (isThere) heard()
  else await lookFor(tried + 1)
}
