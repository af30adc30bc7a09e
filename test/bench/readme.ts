// The section of the README that the benchmark writes: everything between its two marks.

import { readFileSync, writeFileSync } from 'node:fs'

const FILE = new URL('../../README.md', import.meta.url)
const OPEN = '<!-- bench -->'
const CLOSE = '<!-- /bench -->'

export function writeReadme(text: string): void {
  const before = readFileSync(FILE, 'utf8')
  const start = before.indexOf(OPEN)
  const end = before.indexOf(CLOSE)
  const section = `${OPEN}\n\n${text}\n\n${CLOSE}`
  if (start === -1 || end < start) writeFileSync(FILE, `${before.trimEnd()}\n\n## Benchmarks\n\n${section}\n`)
  else writeFileSync(FILE, before.slice(0, start) + section + before.slice(end + CLOSE.length))
}
