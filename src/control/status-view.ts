// How the connectors stand, in the words of the command line and of JSON.

import { z } from 'zod'
import { counted } from '../core/counted.ts'
import { openConflicts } from '../core/open-conflicts.ts'
import type { TableStanding } from '../pipeline/standing.ts'

export const StatusView = z.object({
  connectors: z.array(
    z.object({
      connector: z.string(),
      from: z.string(),
      to: z.string(),
      /** When the source was heard of last; null where nothing was captured yet. */
      captured_at: z.string().nullable(),
      /** Changes in the log that are still to be delivered. */
      pending: z.number(),
      dead_letters: z.number(),
      open_gaps: z.number(),
      open_conflicts: z.number(),
      tables: z.array(
        z.object({
          table: z.string(),
          compared: z.number(),
          of: z.number().nullable(),
          differing: z.number(),
          examples: z.array(z.object({ row: z.record(z.string(), z.unknown()), what: z.string() })),
        }),
      ),
    }),
  ),
  /** Each once, whichever of these connectors have found it. */
  open_conflicts: z.number(),
  advice: z.array(z.string()),
})
export type StatusView = z.infer<typeof StatusView>
type ConnectorStatus = StatusView['connectors'][number]

const EXAMPLES_MAX = 5

export function tableView({ table, rows, of, differing }: TableStanding): ConnectorStatus['tables'][number] {
  const examples = differing.slice(0, EXAMPLES_MAX).map(({ event, reason, differences }) => {
    const row = Object.fromEntries(Object.entries(event.key).map(([name, value]) => [name, plain(value)]))
    return { row, what: reason ?? differences.map(({ fields }) => whatDiffers(fields)).join('; ') }
  })
  return { table, compared: rows, of, differing: differing.length, examples }
}

function whatDiffers(fields: readonly { readonly name: string }[] | null): string {
  return fields === null ? 'it is not there' : `${fields.map(({ name }) => name).join(', ')} differ`
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}

/** What a person should do, and why; nothing where both sides agree. */
export function adviceOf({ connectors, open_conflicts }: Omit<StatusView, 'advice'>): readonly string[] {
  const undecided = `${openConflicts(open_conflicts, connectors)}, for a person to decide: see \`millrace conflicts list\``
  return [...connectors.flatMap(adviceOn), ...(open_conflicts > 0 ? [undecided] : [])]
}

function adviceOn({ connector, from, to, captured_at, dead_letters, open_gaps, tables, pending }: ConnectorStatus) {
  const rows = tables.reduce((sum, { differing }) => sum + differing, 0)
  return [
    ...(captured_at === null && from !== 'import'
      ? [`${connector}: nothing was captured yet: run \`millrace start\``]
      : []),
    ...(open_gaps > 0
      ? [`${connector}: ${counted(open_gaps, 'open gap')}: run \`millrace repair --connector ${connector}\``]
      : []),
    ...(dead_letters > 0 ? [`${connector}: ${counted(dead_letters, 'dead letter')}: see \`millrace dead list\``] : []),
    ...(rows > 0
      ? [`${connector}: ${counted(rows, 'row')} ${rows === 1 ? 'differs' : 'differ'} in ${to}: ${mend(pending)}`]
      : []),
  ]
}

function mend(pending: number): string {
  return pending > 0
    ? `${counted(pending, 'change')} still on the way; if that stays so, run \`millrace sync --all\``
    : 'a sync is advised: run `millrace sync --all`'
}
