// `millrace repair`: orders the repair of gaps and shows it until it ends.

import { MillraceError } from '../core/errors.ts'
import type { Call, Command, ExitCode } from './command.ts'
import { LIMIT_OPTIONS, limitsGiven } from './run-limits.ts'
import type { System } from './system.ts'

export function repairCommand(system: System): Command {
  return {
    name: 'repair',
    about: 'Read again what gaps can have touched, and bring over the deletes in them.',
    options: {
      gap: { value: 'ID', about: 'this gap' },
      all: { about: 'all that are open, which are meant also when --gap is left out' },
      connector: { value: 'NAME', about: 'for this connector; it may be left out where there is but one' },
      ...LIMIT_OPTIONS,
      detach: { about: 'order it and leave' },
      'dry-run': { about: 'say what it would copy, by a sample, and do nothing' },
    },
    run: (call) => repair(system, call),
  }
}

async function repair(system: System, call: Call): Promise<ExitCode> {
  const { options } = call
  if (options.has('gap') && options.has('all')) {
    const hint = 'See `millrace repair --help`.'
    throw new MillraceError('COMMAND_INVALID', 'millrace repair takes either --gap or --all', { hint })
  }
  const limits = limitsGiven(options)
  const { openGapDesk } = await import('./open-gap-desk.ts')
  const { bodyOf, connectorNamed, showRun } = await import('./order-run.ts')
  const { RepairBody, repairAsked } = await import('../control/gap-orders.ts')
  await using opened = await openGapDesk(system, call)
  const { desk, gapDesk, connectors } = opened
  const named = { connector: connectorNamed(connectors, options), gap: options.get('gap') }
  const plain = connectors.map(({ connector }) => connector)
  const asked = repairAsked(plain, bodyOf(RepairBody, { ...named, limits }))
  if (options.has('dry-run')) {
    const { showForecast } = await import('./show-forecast.ts')
    return await showForecast(system, call, await gapDesk.plan(asked))
  }
  return await showRun(desk, await gapDesk.order(asked, 'command line'), call)
}
