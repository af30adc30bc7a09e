// What jumps on a page without somebody having pressed, typed or resized anything, wherever the page goes.

import type { BrowserContext } from 'playwright-core'

/** What people do not see yet; all of a document's up to 0.1 is called good. */
const SHIFT_MIN = 0.02

interface Shift {
  readonly value: number
  readonly hadRecentInput: boolean
  readonly sources: readonly { readonly node: { readonly textContent: string | null } | null }[]
}

/** From the next document on. */
export async function watchShifts(context: BrowserContext, tell: (shift: string) => void): Promise<void> {
  await context.exposeFunction('tellShift', tell)
  await context.addInitScript((least) => {
    const { tellShift } = globalThis as unknown as { readonly tellShift: (shift: string) => void }
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as unknown as Shift[]) {
        if (hadRecentInput || value < least) continue
        const moved = sources.map(({ node }) => `"${node?.textContent?.slice(0, 40)}"`)
        tellShift(`jumps by ${value.toFixed(3)}: ${moved.join(', ')}`)
      }
    }).observe({ type: 'layout-shift' as 'mark', buffered: true })
  }, SHIFT_MIN)
}
