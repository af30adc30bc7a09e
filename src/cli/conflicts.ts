// `millrace conflicts`: lists what both sides changed and whose version counts, shows one field by field, or resolves it.

import type { ConflictDetailView, ConflictListView, ConflictView } from '../control/conflict-view.ts'
import { counted } from '../core/counted.ts'
import { MillraceError } from '../core/errors.ts'
import { type Call, type Command, EXIT, type ExitCode, type OptionSpec } from './command.ts'
import type { OpenDesk } from './open-desk.ts'
import type { System } from './system.ts'

const ACTIONS = ['list', 'show', 'resolve'] as const
type Action = (typeof ACTIONS)[number]

const OPTIONS: Readonly<Record<string, OptionSpec>> = {
  connector: { value: 'NAME', about: 'found by this connector' },
  kind: { value: 'KIND', about: 'fields, or claim for items that lay claim to the same' },
  state: { value: 'STATE', about: 'open, decided or superseded' },
  limit: { value: 'N', about: 'list so many; 100 when left out' },
  before: { value: 'NEXT', about: 'list those that are older: what the page before gave as its next' },
  take: { value: 'SIDE', about: 'mysql or dynamodb: whose version is written to the other side' },
  note: { value: 'TEXT', about: 'why it is taken; it stays on record' },
  detach: { about: 'order it and leave' },
  'dry-run': { about: 'say whether it could be written, and change nothing' },
}

const TAKES: Readonly<Record<Action, readonly string[]>> = {
  list: ['connector', 'kind', 'state', 'limit', 'before'],
  show: [],
  resolve: ['take', 'note', 'detach', 'dry-run'],
}

export function conflictsCommand(system: System): Command {
  return {
    name: 'conflicts',
    about: 'List conflicts of both sides, show one with both versions, or resolve it.',
    words: `[${ACTIONS.join('|')}] [ID]`,
    options: OPTIONS,
    run: (call) => conflicts(system, call),
  }
}

async function conflicts(system: System, call: Call): Promise<ExitCode> {
  const { terminal, isJson } = call
  const { action, id } = askedFor(call)
  const { openDesk } = await import('./open-desk.ts')
  const { ConflictBook } = await import('../pipeline/conflict-book.ts')
  await using opened = await openDesk(system, call)
  const { log, records, connectors } = opened
  const book = new ConflictBook({ log, records, signal: call.signal })
  await book.refresh()
  const plain = connectors.map(({ connector }) => connector)
  // What is returned without being awaited would find the log closed.
  if (action === 'resolve') return await resolved(system, { opened, book, connectors: plain, id }, call)
  const view = action === 'list' ? await listed(book, plain, call) : await shown(book, id)
  terminal.print(isJson ? `${JSON.stringify(view)}\n` : 'total' in view ? listText(view) : detailText(view))
  return EXIT.done
}

interface ToResolve {
  readonly opened: OpenDesk
  readonly book: Book
  readonly connectors: Connectors
  readonly id: string
}

async function resolved(system: System, { opened, book, connectors, id }: ToResolve, call: Call): Promise<ExitCode> {
  const { options } = call
  const { ConflictId, ResolveBody } = await import('../control/conflict-orders.ts')
  const { ConflictDesk } = await import('../pipeline/conflict-desk.ts')
  const { bodyOf, showRun } = await import('./order-run.ts')
  const { take, note } = bodyOf(ResolveBody, { take: options.get('take'), note: options.get('note') })
  const asked = { ...bodyOf(ConflictId, { id }), take, note }
  const conflictDesk = new ConflictDesk({ desk: opened.desk, book, connectors })
  if (!options.has('dry-run')) return showRun(opened.desk, await conflictDesk.order(asked, 'command line'), call)
  const { showForecast } = await import('./show-forecast.ts')
  return showForecast(system, call, await conflictDesk.plan(asked))
}

type Book = import('../pipeline/conflict-book.ts').ConflictBook
type Connectors = Parameters<typeof import('../control/conflict-orders.ts').conflictAsked>[0]

async function listed(book: Book, connectors: Connectors, { options }: Call): Promise<ConflictListView> {
  const { ConflictQuery, conflictAsked } = await import('../control/conflict-orders.ts')
  const { conflictListView } = await import('../control/conflict-view.ts')
  const { bodyOf } = await import('./order-run.ts')
  const given = [...options].filter(([name]) => TAKES.list.includes(name))
  const { limit, before, ...asked } = bodyOf(ConflictQuery, Object.fromEntries(given))
  return conflictListView(book.list(conflictAsked(connectors, asked)), { limit, before })
}

async function shown(book: Book, id: string): Promise<ConflictDetailView> {
  const { conflictDetailView } = await import('../control/conflict-view.ts')
  return conflictDetailView(book.get(id), await book.findings(id))
}

function askedFor({ words, options }: Call): { readonly action: Action; readonly id: string } {
  const [first = 'list', ...ids] = words
  const action = ACTIONS.find((one) => one === first)
  if (action === undefined) throw invalid(`does ${ACTIONS.join(', ')}, not "${first}"`)
  if (action === 'list' && ids.length > 0) throw invalid(`list takes no argument "${ids[0]}"`)
  if (action !== 'list' && ids.length !== 1) throw invalid(`${action} needs the id of one conflict`)
  if (action === 'resolve' && !options.has('take')) throw invalid('resolve needs --take mysql or --take dynamodb')
  const extra = Object.keys(OPTIONS).find((name) => options.has(name) && !TAKES[action].includes(name))
  if (extra !== undefined) throw invalid(`${action} takes no --${extra}`)
  return { action, id: ids[0] ?? '' }
}

function listText({ total, conflicts: views, next }: ConflictListView): string {
  const more = next === null ? '' : `Older ones: --before ${next}\n`
  return [`${counted(total, 'conflict')}\n`, ...views.map(lineOf), more].join('')
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
