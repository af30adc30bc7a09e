// `millrace dead`: lists dead letters, shows one with its row, retries them as a run, or drops them with a note.

import type { DeadListView } from '../control/dead-view.ts'
import { counted } from '../core/counted.ts'
import { MillraceError } from '../core/errors.ts'
import { type Call, type Command, EXIT, type ExitCode, type OptionSpec } from './command.ts'
import type { OpenDesk } from './open-desk.ts'
import type { System } from './system.ts'

const LETTER = 'dead letter'
const ACTIONS = ['list', 'show', 'retry', 'drop'] as const
type Action = (typeof ACTIONS)[number]

const OPTIONS: Readonly<Record<string, OptionSpec>> = {
  connector: { value: 'NAME', about: 'of this connector; to retry, it may be left out where there is but one' },
  table: { value: 'TABLE', about: 'of this table' },
  reason: { value: 'TEXT', about: 'with this in their reason' },
  limit: { value: 'N', about: 'list so many; 100 when left out' },
  before: { value: 'NEXT', about: 'list those that are older: what the page before gave as its next' },
  note: { value: 'TEXT', about: 'why they are dropped; it stays on record' },
  detach: { about: 'order the retry and leave' },
  'dry-run': { about: 'say what would be retried or dropped, and change nothing' },
}

/** Which options an action takes; those that stand for letters are for where no ids are given. */
const TAKES: Readonly<Record<Action, readonly string[]>> = {
  list: ['connector', 'table', 'reason', 'limit', 'before'],
  show: [],
  retry: ['connector', 'table', 'reason', 'detach', 'dry-run'],
  drop: ['note', 'dry-run'],
}

export function deadCommand(system: System): Command {
  return {
    name: 'dead',
    about: 'List dead letters; show, retry or drop them.',
    words: `[${ACTIONS.join('|')}] [ID...]`,
    options: OPTIONS,
    run: (call) => dead(system, call),
  }
}

async function dead(system: System, call: Call): Promise<ExitCode> {
  const { action, ids } = asked(call)
  const { openDesk } = await import('./open-desk.ts')
  await using opened = await openDesk(system, call)
  // What is returned without being awaited would find the log closed.
  if (action === 'list') return await list(opened, call)
  if (action === 'show') return await show(opened, ids[0] ?? '', call)
  return action === 'drop' ? await drop(opened, ids, call) : await retry(system, opened, call)
}

async function list({ letters, connectors, place: { database } }: OpenDesk, { options, terminal, isJson }: Call) {
  const { DeadQuery, deadFilter } = await import('../control/dead-orders.ts')
  const { listView } = await import('../control/dead-view.ts')
  const { bodyOf } = await import('./order-run.ts')
  const { limit, before, ...about } = bodyOf(DeadQuery, optionsOf(options, TAKES.list))
  const filter = deadFilter(declared(connectors), database, about)
  const view = listView(await letters.list(filter, { limit, before }))
  terminal.print(isJson ? `${JSON.stringify(view)}\n` : text(view))
  return EXIT.done
}

async function show({ letters }: OpenDesk, id: string, { terminal, isJson }: Call) {
  const { letterView } = await import('../control/dead-view.ts')
  const view = letterView(await letters.find(id))
  terminal.print(isJson ? `${JSON.stringify(view)}\n` : `${JSON.stringify(view, null, 2)}\n`)
  return EXIT.done
}

async function drop({ letters }: OpenDesk, ids: readonly string[], { options, terminal, isJson }: Call) {
  const { DropBody, dropLetters } = await import('../control/dead-orders.ts')
  const { bodyOf } = await import('./order-run.ts')
  const isDry = options.has('dry-run')
  const body = bodyOf(DropBody, { ids, note: options.get('note'), dry_run: isDry })
  const done = await dropLetters(letters, body, 'command line')
  const said = `${isDry ? 'Would drop' : 'Dropped'} ${counted(body.ids.length, LETTER)}.\n`
  terminal.print(isJson ? `${JSON.stringify(done)}\n` : said)
  return EXIT.done
}

async function retry(system: System, opened: OpenDesk, call: Call): Promise<ExitCode> {
  const { options, words } = call
  const ids = words.slice(1)
  const { orderRetry, RetryBody, retryOrder } = await import('../control/dead-orders.ts')
  const { bodyOf, connectorNamed, showRun } = await import('./order-run.ts')
  const { desk, letters } = opened
  const connectors = declared(opened.connectors)
  const given = { ...optionsOf(options, ['table', 'reason']), ...(ids.length > 0 && { ids }) }
  const body = bodyOf(RetryBody, { connector: connectorNamed(opened.connectors, options), ...given })
  if (options.has('dry-run')) {
    const { showForecast } = await import('./show-forecast.ts')
    return showForecast(system, call, await retryOrder({ connectors, letters }, body))
  }
  return showRun(desk, await orderRetry({ connectors, letters, desk }, body, 'command line'), call)
}

function asked({ words, options }: Call): { readonly action: Action; readonly ids: readonly string[] } {
  const [first = 'list', ...ids] = words
  const action = ACTIONS.find((one) => one === first)
  if (action === undefined) throw invalid(`does ${ACTIONS.join(', ')}, not "${first}"`)
  if (action === 'list' && ids.length > 0) throw invalid(`list takes no argument "${ids[0]}"`)
  if (action === 'show' && ids.length !== 1) throw invalid('show needs the id of one dead letter')
  if (action === 'drop' && ids.length === 0) throw invalid('drop needs ids of dead letters')
  if (action === 'drop' && !options.has('note')) throw invalid('drop needs a --note: why they are given up')
  const extra = Object.keys(OPTIONS).find((name) => options.has(name) && !TAKES[action].includes(name))
  if (extra !== undefined) throw invalid(`${action} takes no --${extra}`)
  return { action, ids }
}

function optionsOf(options: ReadonlyMap<string, string>, names: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.filter((name) => options.has(name)).map((name) => [name, options.get(name)]))
}

function declared(connectors: OpenDesk['connectors']) {
  return connectors.map(({ connector }) => connector)
}

function text({ total, reasons, letters, next }: DeadListView): string {
  const groups = reasons.map(({ reason, count }) => `${String(count).padStart(8)}  ${reason}\n`)
  const lines = letters.map(({ id, died_at, attempts, key, topic, reason }) => {
    const row = key === null ? topic : `${topic} ${JSON.stringify(key)}`
    return `${id}  ${died_at}  tried ${attempts}  ${row}\n    ${reason}\n`
  })
  const more = next === null ? '' : `Older ones: --before ${next}\n`
  return [`${counted(total, LETTER)}\n`, ...groups, ...lines, more].join('')
}

function invalid(what: string): MillraceError {
  const hint = 'See `millrace dead --help`.'
  return new MillraceError('COMMAND_INVALID', `millrace dead ${what}`, { hint })
}
