// What a screen reader has to go by: the names and roles of what is shown, of an open dialog alone where there is one.

import type { Page } from 'playwright-core'

/** Once nothing of it is still to come, and without what is another each time. */
export async function readOut(page: Page): Promise<string> {
  const dialog = page.locator('dialog[open]')
  const shown = (await dialog.count()) > 0 ? dialog.last() : page.locator('main')
  await shown.locator('[aria-busy=true], .skeleton').first().waitFor({ state: 'detached' })
  return `${still(await shown.ariaSnapshot())}\n`
}

export function still(snapshot: string): string {
  return snapshot
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gu, 'ID')
    .replaceAll(/(db|restaurants)_[0-9a-f]+/gu, '$1_NAME')
    .replaceAll(/just now|\d+ (?:second|minute)s? ago/gu, 'AGO')
    .replaceAll(/\bin \d+ (?:second|minute|hour|day|month|year)s?\b/gu, 'SOON')
    .replaceAll(/\w{3} \d+, (?:\d{4}, )?[\d:]+\s[AP]M/gu, 'TIME')
    .replaceAll(/(?:\d+ min )?[\d.,]+\s?(?:\/s|ms|s)\b|–/gu, 'N')
}
