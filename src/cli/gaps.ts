// `millrace gaps`: lists stretches of history that nobody captured, and for which connectors they are still open.

import type { GapView } from '../control/gap-view.ts'
import { counted } from '../core/counted.ts'
import { MillraceError } from '../core/errors.ts'
import { type Call, type Command, EXIT, type ExitCode } from './command.ts'
import type { System } from './system.ts'

export function gapsCommand(system: System): Command {
  return {
    name: 'gaps',
    about: 'List gaps in what was captured, and which of them are repaired.',
    words: '[list]',
    options: {},
    run: (call) => gaps(system, call),
  }
}

async function gaps(system: System, call: Call): Promise<ExitCode> {
  const { words, terminal, isJson } = call
  const [action = 'list', ...more] = words
  if (action !== 'list') throw invalid(`does list, not "${action}"`)
  if (more.length > 0) throw invalid(`list takes no argument "${more[0]}"`)
  const { openGapDesk } = await import('./open-gap-desk.ts')
  const { gapView } = await import('../control/gap-view.ts')
  await using opened = await openGapDesk(system, call)
  const views = (await opened.gapDesk.list()).map(gapView)
  terminal.print(isJson ? `${JSON.stringify(views)}\n` : text(views))
  return EXIT.done
}

function text(views: readonly GapView[]): string {
  const lines = views.map(({ id, from, to, tables, connectors, reason }) => {
    const standings = connectors.map(({ connector, state, run, repaired_at: at }) => {
      return `    ${connector} ${state}${run === null ? '' : ` at ${at} by the run ${run}`}\n`
    })
    const since = from === null ? 'up to' : `${from} to`
    return `${id}  ${since} ${to}  ${tables.join(', ')}\n    ${reason}\n${standings.join('')}`
  })
  return [`${counted(views.length, 'gap')}\n`, ...lines].join('')
}

function invalid(what: string): MillraceError {
  const hint = 'See `millrace gaps --help`.'
  return new MillraceError('COMMAND_INVALID', `millrace gaps ${what}`, { hint })
}
