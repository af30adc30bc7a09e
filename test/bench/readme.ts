// The section of the README that the benchmark writes: everything between its two marks, report by report, so that one
// benchmark that is run anew leaves what the others measured as it is.

import { readFileSync, writeFileSync } from 'node:fs'
import { type Report, reportText } from './report.ts'

const FILE = new URL('../../README.md', import.meta.url)
const OPEN = '<!-- bench -->'
const CLOSE = '<!-- /bench -->'

/** `how` says when and where they were measured. */
export function writeReadme(reports: readonly Report[], how: string): void {
  const before = readFileSync(FILE, 'utf8')
  const start = before.indexOf(OPEN)
  const end = before.indexOf(CLOSE)
  if (start === -1 || end < start) throw new Error(`README.md has no ${OPEN} and ${CLOSE}`)
  const known = sectionsOf(before.slice(start + OPEN.length, end))
  for (const report of reports) known.set(report.title, reportText({ ...report, about: [...report.about, how] }))
  const text = [...known.values()].join('\n\n')
  writeFileSync(FILE, `${before.slice(0, start)}${OPEN}\n\n${text}\n\n${before.slice(end)}`)
}

function sectionsOf(text: string): Map<string, string> {
  const sections = text.split(/^(?=### )/mu).map((section) => section.trim())
  const titled = sections.filter((section) => section.startsWith('### '))
  return new Map(titled.map((section) => [section.slice(4, section.indexOf('\n')), section]))
}
