// `millrace runs`: lists runs, shows one, pauses, resumes and cancels them and changes their limits.

import { MillraceError } from '../core/errors.ts'
import { type Call, type Command, EXIT, type ExitCode } from './command.ts'
import { LIMIT_OPTIONS, limitsGiven } from './run-limits.ts'
import type { System } from './system.ts'

const ACTIONS = ['list', 'show', 'watch', 'pause', 'resume', 'cancel', 'limit'] as const
type Action = (typeof ACTIONS)[number]

export function runsCommand(system: System): Command {
  return {
    name: 'runs',
    about: 'List runs; show, watch, pause, resume, cancel or limit one.',
    words: `[${ACTIONS.join('|')}] [ID]`,
    options: LIMIT_OPTIONS,
    run: (call) => runs(system, call),
  }
}

async function runs(system: System, call: Call): Promise<ExitCode> {
  const { action, id } = asked(call)
  const { openDesk } = await import('./open-desk.ts')
  const { viewOf } = await import('../control/run-view.ts')
  const { line, watchRun } = await import('./watch-run.ts')
  const { limitsOf } = await import('../control/run-orders.ts')
  const { options, terminal, isJson } = call
  const limits = limitsGiven(options)
  await using opened = await openDesk(system, call)
  const { desk } = opened
  if (action === 'list') {
    const views = (await desk.list()).map(viewOf)
    const lines = views.map((view) => `${view.id}  ${line(view)}\n`)
    terminal.print(isJson ? `${JSON.stringify(views)}\n` : lines.join(''))
    return EXIT.done
  }
  // What is returned without being awaited would find the log closed.
  if (action === 'watch') return await watchRun(desk, id, call)
  const run =
    action === 'show'
      ? await desk.find(id)
      : await desk.amend(id, {
          by: 'command line',
          ...(action === 'limit' ? { limits: limitsOf(limits) } : { wanted: WANTED[action] }),
        })
  const view = viewOf(run)
  terminal.print(isJson ? `${JSON.stringify(view)}\n` : `${JSON.stringify(view, null, 2)}\n`)
  return EXIT.done
}

const WANTED = { pause: 'paused', resume: 'running', cancel: 'cancelled' } as const

function asked({ words, options }: Call): { readonly action: Action; readonly id: string } {
  const [first = 'list', id = '', ...more] = words
  const action = ACTIONS.find((one) => one === first)
  if (action === undefined) throw invalid(`does ${ACTIONS.join(', ')}, not "${first}"`)
  if (action !== 'list' && id === '') throw invalid(`${action} needs the id of a run`)
  const extra = action === 'list' ? [id, ...more].filter((word) => word !== '') : more
  if (extra.length > 0) throw invalid(`${action} takes no argument "${extra[0]}"`)
  const isLimited = Object.keys(LIMIT_OPTIONS).some((name) => options.has(name))
  if (isLimited !== (action === 'limit')) {
    throw invalid(
      isLimited
        ? `${action} takes no limits`
        : `limit needs a limit: ${Object.keys(LIMIT_OPTIONS)
            .map((name) => `--${name}`)
            .join(', ')}`,
    )
  }
  return { action, id }
}

function invalid(what: string): MillraceError {
  const hint = 'See `millrace runs --help`.'
  return new MillraceError('COMMAND_INVALID', `millrace runs ${what}`, { hint })
}
