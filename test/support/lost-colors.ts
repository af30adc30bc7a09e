// What is not seen any more where the system chooses the colours: what nothing but a background has told from what is around
// it, and what is drawn in a colour that the system has not chosen.

import type { Page } from 'playwright-core'

const SHOWN = ':is(header, main, dialog[open], .toasts, .connection) *'
/** Their face, their weight, or where they stand says the same. */
const TOLD_ANYWAY = 'code, thead th, header, dialog, tr:not(.differs)'
const DRAWN = 'path, rect, circle, polyline'

/** One line for each; `look` looks as well, while the system chooses. */
export async function lostColors(page: Page, look: () => Promise<unknown>): Promise<readonly string[]> {
  const all = await shown(page)
  const before = await survey(all)
  await page.emulateMedia({ forcedColors: 'active' })
  await look()
  const after = await survey(all)
  await page.emulateMedia({ forcedColors: 'none' })
  const lost = after.filter(({ isApart, hasLine, isDrawn }, at) => {
    return !isDrawn || (before[at]?.isApart === true && !isApart && !hasLine)
  })
  return [...new Set(lost.map(({ name }) => name))]
}

function shown(page: Page) {
  return page.locator('html').evaluateHandle(
    (root, [within, except]) =>
      [...root.querySelectorAll(within)].filter((one) => {
        const { width, height } = one.getBoundingClientRect()
        return width > 1 && height > 1 && !one.matches(except)
      }),
    [SHOWN, TOLD_ANYWAY] as const,
  )
}

function survey(all: Awaited<ReturnType<typeof shown>>) {
  return all.evaluate((elements, drawn) => {
    type Shown = (typeof elements)[number]
    const styleOf = (one: Shown) => one.ownerDocument.defaultView!.getComputedStyle(one)
    const ground = (one: Shown | null): string => {
      if (one === null) return ''
      const { backgroundColor } = styleOf(one)
      return /^rgba\(.*, 0\)$/.test(backgroundColor) ? ground(one.parentElement) : backgroundColor
    }
    const chosenFor = (one: Shown) => {
      const root = one.ownerDocument.documentElement
      const text = one.closest('svg')?.parentElement
      return ['none', styleOf(root).color, ground(root), ...(text == null ? [] : [styleOf(text).color])]
    }
    return elements.map((one) => {
      const { borderTopStyle, borderLeftStyle, outlineStyle, fill, stroke } = styleOf(one)
      return {
        name: `${one.tagName} ${one.getAttribute('class')} in ${one.parentElement?.outerHTML.slice(0, 90)}`,
        isApart: ground(one) !== ground(one.parentElement),
        hasLine: [borderTopStyle, borderLeftStyle, outlineStyle].some((style) => style !== 'none'),
        isDrawn: !one.matches(drawn) || [fill, stroke].every((color) => chosenFor(one).includes(color)),
      }
    })
  }, DRAWN)
}
