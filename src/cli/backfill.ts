// `millrace backfill`: orders a backfill and shows it until it ends.

import type { Call, Command, ExitCode } from './command.ts'
import { LIMIT_OPTIONS, limitsGiven } from './run-limits.ts'
import { SCOPE_OPTIONS, scopeGiven } from './scope-options.ts'
import type { System } from './system.ts'

export function backfillCommand(system: System): Command {
  return {
    name: 'backfill',
    about: 'Copy rows of MySQL as they are now, beside the live changes.',
    options: {
      ...SCOPE_OPTIONS,
      ...LIMIT_OPTIONS,
      detach: { about: 'order it and leave' },
      'dry-run': { about: 'say what it would do, by a sample, and do nothing' },
    },
    run: (call) => backfill(system, call),
  }
}

async function backfill(system: System, call: Call): Promise<ExitCode> {
  const { options } = call
  const limits = limitsGiven(options)
  const { openDesk } = await import('./open-desk.ts')
  const { bodyOf, connectorNamed, orderRun } = await import('./order-run.ts')
  const { BackfillBody, backfillOrder } = await import('../control/run-orders.ts')
  await using opened = await openDesk(system, call)
  const { connectors } = opened
  const body = bodyOf(BackfillBody, {
    connector: connectorNamed(connectors, options),
    scope: scopeGiven(options),
    limits,
  })
  const given = backfillOrder(connectors, body)
  if (options.has('dry-run')) return await (await import('./show-forecast.ts')).showForecast(system, call, given)
  return await orderRun(opened.desk, given, call)
}
