// What a benchmark found, as Markdown: a table, what it means, and whether each aim is met.

export interface Aim {
  readonly what: string
  readonly aim: string
  readonly measured: string
  readonly isMet: boolean
}

export function atLeast(what: string, aim: number, measured: number): Aim {
  return { what, aim: figure(aim), measured: figure(measured), isMet: measured >= aim }
}

export function atMost(what: string, aim: number, measured: number): Aim {
  return { what, aim: figure(aim), measured: figure(measured), isMet: measured <= aim }
}

export interface Report {
  readonly title: string
  readonly about: readonly string[]
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly aims: readonly Aim[]
}

export function reportText({ title, about, head, rows, aims }: Report): string {
  const parts = [`### ${title}`, about.join(' '), tableText(head, rows)]
  return [...parts, ...(aims.length === 0 ? [] : [aimsText(aims)])].join('\n\n')
}

function aimsText(aims: readonly Aim[]): string {
  const rows = aims.map(({ what, aim, measured, isMet }) => [what, aim, measured, isMet ? 'met' : '**missed**'])
  return tableText(['Aim', 'At least or at most', 'Measured', ''], rows)
}

function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(cell.length, 3, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

/** With thousands set apart, and no more digits than were measured. */
export function figure(value: number): string {
  if (value < 10) return value.toFixed(2)
  if (value < 100) return value.toFixed(1)
  const exact = value < 1_000 ? value : Number(value.toPrecision(3))
  return exact.toLocaleString('en-US', { maximumFractionDigits: 0 })
}
