// `millrace replay`: orders a replay and shows it until it ends.

import type { Call, Command, ExitCode } from './command.ts'
import { LIMIT_OPTIONS, limitsGiven } from './run-limits.ts'
import type { System } from './system.ts'

export function replayCommand(system: System): Command {
  return {
    name: 'replay',
    about: 'Give records of the log to the target once more.',
    options: {
      connector: { value: 'NAME', about: 'of this connector; it may be left out where there is but one' },
      table: { value: 'TABLE', about: 'of this table; of all that the connector reads when left out' },
      from: {
        value: 'WHEN',
        about: 'from this time on (2026-01-31T12:00:00Z), or from cursors topic:partition:offset, by comma',
      },
      to: { value: 'WHEN', about: 'up to this time or these cursors, themselves left out' },
      venue: { value: 'ID', about: 'of this venue' },
      key: { value: 'KEY', about: 'of the row with this primary key; columns by comma' },
      into: { value: 'TABLE', about: 'into this table of DynamoDB instead of the one in use, to build it anew' },
      ...LIMIT_OPTIONS,
      detach: { about: 'order it and leave' },
      'dry-run': { about: 'say what it would do, by a sample, and do nothing' },
    },
    run: (call) => replay(system, call),
  }
}

async function replay(system: System, call: Call): Promise<ExitCode> {
  const { options } = call
  const limits = limitsGiven(options)
  const { openDesk } = await import('./open-desk.ts')
  const { bodyOf, connectorNamed, orderRun } = await import('./order-run.ts')
  const { ReplayBody, replayOrder } = await import('../control/run-orders.ts')
  await using opened = await openDesk(system, call)
  const { connectors, place, desk } = opened
  const given = (name: string) => (options.has(name) ? { [name]: options.get(name) } : {})
  const key = options.get('key')?.split(',')
  const scope = { ...given('table'), ...given('from'), ...given('to'), ...given('venue'), ...(key && { key }) }
  const body = bodyOf(ReplayBody, { connector: connectorNamed(connectors, options), scope, ...given('into'), limits })
  const order = await replayOrder(connectors, body, place)
  if (options.has('dry-run')) return await (await import('./show-forecast.ts')).showForecast(system, call, order)
  return await orderRun(desk, order, call)
}
