// What axe finds wrong with a page, seriously or critically.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** One line for each kind of fault, with where the first one is. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  await page.evaluate(await source)
  const { violations } = await page.evaluate(() => {
    const { axe } = globalThis as unknown as { axe: { run: (root: string) => Promise<AxeResults> } }
    return axe.run('html')
  })
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.length}, first ${nodes[0]?.html.slice(0, 200)})`)
}
