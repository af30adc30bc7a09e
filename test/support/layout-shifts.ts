// What jumps on a page without somebody having pressed, typed or resized anything, wherever the page goes: each jump by itself,
// and all that come together. The browser excuses what follows a key by half a second. Where a key asked for other rows than
// were there, which take long on a busy machine, their first showing is excused as long after the answer; nothing else is.

import type { BrowserContext } from 'playwright-core'

const LIMITS = {
  /** What people do not see yet. */
  least: 0.02,
  /** Of what comes together, by the measure of all browsers: up to there it is called good. */
  sumMax: 0.1,
  sessionMs: 5_000,
  restMs: 1_000,
  /** Between a key and what is asked for because of it, and between the answer and what shows it. */
  askedWithinMs: 1_000,
  shownWithinMs: 500,
  entriesMax: 10_000,
}

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
  await context.addInitScript((limits) => {
    const page = globalThis as unknown as InPage
    performance.setResourceTimingBufferSize(limits.entriesMax)
    let inputAt = Number.NEGATIVE_INFINITY
    for (const name of ['keydown', 'pointerdown', 'input', 'change']) {
      page.addEventListener(name, ({ timeStamp }) => (inputAt = timeStamp), true)
    }
    const isOtherRows = ({ startTime: shownAt }: Shift) => {
      const asked = performance.getEntriesByType('resource') as unknown as {
        readonly name: string
        readonly startTime: number
        readonly responseEnd: number
      }[]
      // What is asked for again and again was there before.
      const isFirst = (url: string) => !asked.some(({ name, startTime }) => name === url && startTime < inputAt)
      return asked.some(({ name, startTime, responseEnd }) => {
        const isAsked = startTime >= inputAt && startTime < inputAt + limits.askedWithinMs && isFirst(name)
        return isAsked && responseEnd > 0 && shownAt >= responseEnd && shownAt < responseEnd + limits.shownWithinMs
      })
    }
    let session = { beganAt: 0, lastAt: Number.NEGATIVE_INFINITY, sum: 0 }
    const together = ({ startTime, value }: Shift) => {
      const isOver = startTime > session.lastAt + limits.restMs || startTime > session.beganAt + limits.sessionMs
      session = isOver
        ? { beganAt: startTime, lastAt: startTime, sum: value }
        : { ...session, lastAt: startTime, sum: session.sum + value }
      return session.sum
    }
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries() as unknown as Shift[]) {
        if (shift.hadRecentInput || isOtherRows(shift)) continue
        const sum = together(shift)
        if (shift.value < limits.least && sum < limits.sumMax) continue
        const moved = shift.sources.map(({ node }) => `"${node?.textContent?.slice(0, 40)}"`)
        page.tellShift(`jumps by ${shift.value.toFixed(3)}, ${sum.toFixed(3)} together: ${moved.join(', ')}`)
      }
    }).observe({ type: 'layout-shift' as 'mark', buffered: true })
  }, LIMITS)
}
