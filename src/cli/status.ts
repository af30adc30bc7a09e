// `millrace status`: how both sides stand to each other. It only reads.

import type { StatusView } from '../control/status-view.ts'
import { counted } from '../core/counted.ts'
import { MillraceError } from '../core/errors.ts'
import { type Call, type Command, EXIT, type ExitCode } from './command.ts'
import type { System } from './system.ts'

const ROWS_DEFAULT = 10_000

export function statusCommand(system: System): Command {
  return {
    name: 'status',
    about: 'Say what differs on each side, what is on its way, and whether a sync is advised. Only reads.',
    options: {
      connector: { value: 'NAME', about: 'of this connector only' },
      rows: {
        value: 'N',
        about: `compare so many rows of each table at most, ${ROWS_DEFAULT.toLocaleString('en')} by default`,
      },
    },
    run: (call) => status(system, call),
  }
}

async function status(system: System, call: Call): Promise<ExitCode> {
  const { options, terminal, isJson } = call
  const rowsMax = rowsOf(options.get('rows'))
  const { askStatus } = await import('./ask-status.ts')
  const view = await askStatus(system, call, { rowsMax, connector: options.get('connector') ?? null })
  terminal.print(isJson ? `${JSON.stringify(view)}\n` : text(view))
  return EXIT.done
}

function rowsOf(given: string | undefined): number {
  if (given === undefined) return ROWS_DEFAULT
  if (/^[1-9]\d{0,8}$/u.test(given)) return Number(given)
  throw new MillraceError('COMMAND_INVALID', `millrace status takes a number of rows, not "${given}"`, {
    hint: 'See `millrace status --help`.',
  })
}

function text({ connectors, advice }: StatusView): string {
  const lines = connectors.flatMap((one) => {
    const waiting = [
      [one.pending, `${counted(one.pending, 'change')} on the way`],
      [one.dead_letters, counted(one.dead_letters, 'dead letter')],
      [one.open_gaps, counted(one.open_gaps, 'open gap')],
      [one.open_conflicts, counted(one.open_conflicts, 'open conflict')],
    ] as const
    const shown = waiting.filter(([count]) => count > 0).map(([, what]) => what)
    return [
      `${one.connector}: ${one.from} to ${one.to}`,
      `  ${one.captured_at === null ? 'nothing captured yet' : `captured up to ${one.captured_at}`}; ${shown.join(', ') || 'nothing on the way'}`,
      ...one.tables.flatMap(tableLines),
    ]
  })
  const verdict = advice.length === 0 ? ['Both sides agree; no sync is needed.'] : advice
  return `${[...lines, '', ...verdict].join('\n')}\n`
}

function tableLines({ table, compared, of, differing, examples }: StatusView['connectors'][number]['tables'][number]) {
  const all = `${of === compared ? 'all ' : ''}${counted(compared, 'row')}`
  const rest = of === null || of === compared ? '' : ` of about ${of.toLocaleString('en')}`
  const found =
    differing === 0 ? 'equal' : `${differing.toLocaleString('en')} ${differing === 1 ? 'differs' : 'differ'}`
  return [
    `  ${table}: ${all}${rest} compared, ${found}`,
    ...examples.map(({ row, what }) => `    ${JSON.stringify(row)}: ${what}`),
  ]
}
