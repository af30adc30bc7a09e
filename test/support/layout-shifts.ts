// What jumps on a page without somebody having pressed, typed or resized anything, wherever the page goes. What comes in
// answer to what somebody asked for may take long on a busy machine: it is no jump either.

import type { BrowserContext } from 'playwright-core'

/** What people do not see yet; all of a document's up to 0.1 is called good. */
const SHIFT_MIN = 0.02
/** Between a key and what is asked for because of it, and between the answer and what shows it. */
const LIMITS = { least: SHIFT_MIN, askedWithinMs: 1_000, shownWithinMs: 2_000, entriesMax: 10_000 }

interface Shift {
  readonly startTime: number
  readonly value: number
  readonly hadRecentInput: boolean
  readonly sources: readonly { readonly node: { readonly textContent: string | null } | null }[]
}

interface InPage {
  readonly tellShift: (shift: string) => void
  readonly addEventListener: (name: string, note: (event: { readonly timeStamp: number }) => void, early: true) => void
}

/** From the next document on. */
export async function watchShifts(context: BrowserContext, tell: (shift: string) => void): Promise<void> {
  await context.exposeFunction('tellShift', tell)
  await context.addInitScript(({ least, askedWithinMs, shownWithinMs, entriesMax }) => {
    const page = globalThis as unknown as InPage
    performance.setResourceTimingBufferSize(entriesMax)
    let inputAt = Number.NEGATIVE_INFINITY
    for (const name of ['keydown', 'pointerdown', 'input', 'change']) {
      page.addEventListener(name, ({ timeStamp }) => (inputAt = timeStamp), true)
    }
    const isAnswer = ({ startTime: shownAt }: Shift) =>
      (performance.getEntriesByType('resource') as unknown as { startTime: number; responseEnd: number }[]).some(
        ({ startTime, responseEnd }) =>
          startTime >= inputAt &&
          startTime < inputAt + askedWithinMs &&
          responseEnd > 0 &&
          shownAt - responseEnd < shownWithinMs,
      )
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries() as unknown as Shift[]) {
        if (shift.hadRecentInput || shift.value < least || isAnswer(shift)) continue
        const moved = shift.sources.map(({ node }) => `"${node?.textContent?.slice(0, 40)}"`)
        page.tellShift(`jumps by ${shift.value.toFixed(3)}: ${moved.join(', ')}`)
      }
    }).observe({ type: 'layout-shift' as 'mark', buffered: true })
  }, LIMITS)
}
