// The rules that hold documents to the code, both ways: the README's tables, the dashboards and the alerts.

/** First two cells of each row of the table under a heading; the first without its backticks. */
export function readmeTable(readme: string, heading: string): ReadonlyMap<string, string> {
  const start = readme.split('\n').indexOf(`## ${heading}`)
  if (start === -1) throw new Error(`the README has no heading "## ${heading}"`)
  const rows = new Map<string, string>()
  for (const line of readme.split('\n').slice(start + 1)) {
    if (line.startsWith('## ')) break
    const [, first = '', second = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
    const name = /^`([^`]+)`$/.exec(first)?.[1]
    if (name !== undefined) rows.set(name, second.replaceAll('`', ''))
  }
  return rows
}

/** Differences between a table of the README and what the code has: name to what its second cell says. */
export function tableFaults(table: ReadonlyMap<string, string>, code: ReadonlyMap<string, string>): readonly string[] {
  const missing = [...code.keys()].filter((name) => !table.has(name)).map((name) => `${name} is not in the README`)
  const extra = [...table.keys()].filter((name) => !code.has(name)).map((name) => `${name} is in the README alone`)
  const other = [...code]
    .filter(([name, says]) => table.has(name) && table.get(name) !== says)
    .map(([name, says]) => `${name}: the README says "${table.get(name)}", the code "${says}"`)
  return [...missing, ...extra, ...other]
}

/** Metrics that no panel and no alert asks for, and metrics asked for that do not exist. */
export function watchFaults(
  documents: ReadonlyMap<string, string>,
  metrics: ReadonlyMap<string, string>,
): readonly string[] {
  const known = new Set(metrics.keys())
  for (const [name, kind] of metrics) {
    if (kind === 'histogram') for (const part of ['bucket', 'sum', 'count']) known.add(`${name}_${part}`)
  }
  const faults: string[] = []
  const asked = new Set<string>()
  for (const [path, text] of documents) {
    for (const name of new Set(text.match(/\bmillrace_[a-z_]+\b/g))) {
      asked.add(name).add(name.replace(/_(bucket|sum|count)$/, ''))
      if (!known.has(name)) faults.push(`${path} asks for ${name}, which does not exist`)
    }
  }
  return [
    ...faults,
    ...[...metrics.keys()].filter((name) => !asked.has(name)).map((name) => `${name}: nothing asks for it`),
  ]
}

/** Alerts without a severity, a summary, an action or a link to a heading of the README. */
export function runbookFaults(alerts: string, readme: string): readonly string[] {
  const headings = readme.match(/^#+ .+$/gmu) ?? []
  const anchors = new Set(headings.map((heading) => heading.replace(/^#+ /u, '').toLowerCase().replaceAll(' ', '-')))
  const faults: string[] = []
  for (const block of alerts.split(/(?=^ +- alert: )/mu).slice(1)) {
    const name = /- alert: (\w+)/u.exec(block)?.[1] ?? ''
    for (const key of ['severity', 'summary', 'action'])
      if (!block.includes(`${key}: `)) faults.push(`${name} has no ${key}`)
    const anchor = /runbook_url: '\{\{ or \$externalLabels\.runbooks "README\.md" \}\}#(\S+)'/u.exec(block)?.[1]
    if (anchor === undefined || !anchors.has(anchor)) faults.push(`${name} leads to no heading of the README`)
  }
  return faults
}
