// `millrace conflicts`: lists what both sides changed and whose version counts, and shows one field by field.

import type { ConflictDetailView, ConflictListView, ConflictView } from '../control/conflict-view.ts'
import { MillraceError } from '../core/errors.ts'
import { type Call, type Command, EXIT, type ExitCode, type OptionSpec } from './command.ts'
import type { System } from './system.ts'

const ACTIONS = ['list', 'show'] as const

const OPTIONS: Readonly<Record<string, OptionSpec>> = {
  connector: { value: 'NAME', about: 'found by this connector' },
  kind: { value: 'KIND', about: 'fields, or claim for items that lay claim to the same' },
  state: { value: 'STATE', about: 'open, decided or superseded' },
  limit: { value: 'N', about: 'list so many; 100 when left out' },
}

export function conflictsCommand(system: System): Command {
  return {
    name: 'conflicts',
    about: 'List conflicts of both sides, or show one with both versions.',
    words: `[${ACTIONS.join('|')}] [ID]`,
    options: OPTIONS,
    run: (call) => conflicts(system, call),
  }
}

async function conflicts(system: System, call: Call): Promise<ExitCode> {
  const { terminal, isJson } = call
  const id = askedFor(call)
  const { openDesk } = await import('./open-desk.ts')
  const { ConflictBook } = await import('../pipeline/conflict-book.ts')
  await using opened = await openDesk(system, call)
  const { log, records, connectors } = opened
  const book = new ConflictBook({ log, records, signal: call.signal })
  await book.refresh()
  const plain = connectors.map(({ connector }) => connector)
  const view = id === null ? await listed(book, plain, call) : await shown(book, id)
  terminal.print(isJson ? `${JSON.stringify(view)}\n` : 'total' in view ? listText(view) : detailText(view))
  return EXIT.done
}

type Book = import('../pipeline/conflict-book.ts').ConflictBook
type Connectors = Parameters<typeof import('../control/conflict-orders.ts').conflictAsked>[0]

async function listed(book: Book, connectors: Connectors, { options }: Call): Promise<ConflictListView> {
  const { ConflictQuery, conflictAsked } = await import('../control/conflict-orders.ts')
  const { conflictListView } = await import('../control/conflict-view.ts')
  const { bodyOf } = await import('./order-run.ts')
  const given = [...options].filter(([name]) => Object.hasOwn(OPTIONS, name))
  const { limit, ...asked } = bodyOf(ConflictQuery, Object.fromEntries(given))
  return conflictListView(book.list(conflictAsked(connectors, asked)), limit)
}

async function shown(book: Book, id: string): Promise<ConflictDetailView> {
  const { conflictDetailView } = await import('../control/conflict-view.ts')
  return conflictDetailView(book.get(id), await book.findings(id))
}

/** The id of the one that is to be shown; null for the list. */
function askedFor({ words, options }: Call): string | null {
  const [first = 'list', ...ids] = words
  const action = ACTIONS.find((one) => one === first)
  if (action === undefined) throw invalid(`does ${ACTIONS.join(' and ')}, not "${first}"`)
  if (action === 'list' && ids.length > 0) throw invalid(`list takes no argument "${ids[0]}"`)
  if (action === 'list') return null
  const [id] = ids
  if (id === undefined || ids.length > 1) throw invalid('show needs the id of one conflict')
  const extra = Object.keys(OPTIONS).find((name) => options.has(name))
  if (extra !== undefined) throw invalid(`show takes no --${extra}`)
  return id
}

function listText({ total, conflicts: views }: ConflictListView): string {
  return [`${total.toLocaleString('en')} conflict${total === 1 ? '' : 's'}\n`, ...views.map(lineOf)].join('')
}

function lineOf({ id, found_at, state, connectors, table, row, group, verdict, why }: ConflictView): string {
  const what = group === null ? row : `${row} ${group}`
  const whose = verdict === null || verdict === 'open' ? '' : `: ${verdict}`
  return `${id}  ${found_at}  ${state}${whose}  ${table} ${what}\n    ${why} (${connectors.join(', ')})\n`
}

function detailText(view: ConflictDetailView): string {
  const { fields, holder, claimant, decided_by: by, decided_at: at, note } = view
  const lines = fields.map(({ name, mysql, dynamodb, before, differs }) => {
    const text = JSON.stringify
    return `  ${differs ? '*' : ' '} ${name}\n      mysql     ${text(mysql)}\n      dynamodb  ${text(dynamodb)}\n      before    ${text(before)}\n`
  })
  const claim = holder === null ? '' : `    held by ${holder}, claimed by ${claimant}\n`
  const decision = by === null ? '' : `    decided by ${by} at ${at}${note ? `: ${note}` : ''}\n`
  return [lineOf(view), claim, decision, ...lines].join('')
}

function invalid(what: string): MillraceError {
  const hint = 'See `millrace conflicts --help`.'
  return new MillraceError('COMMAND_INVALID', `millrace conflicts ${what}`, { hint })
}
