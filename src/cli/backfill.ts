// `millrace backfill`: orders a backfill and shows it until it ends.

import type { Call, Command, ExitCode } from './command.ts'
import { LIMIT_OPTIONS, limitsGiven } from './run-limits.ts'
import type { System } from './system.ts'

export function backfillCommand(system: System): Command {
  return {
    name: 'backfill',
    about: 'Copy rows of MySQL as they are now, beside the live changes.',
    options: {
      connector: { value: 'NAME', about: 'for this connector; it may be left out where there is but one' },
      table: { value: 'TABLE', about: 'of this table; of all that the connector reads when left out' },
      venue: { value: 'ID', about: 'of this venue' },
      from: { value: 'KEY', about: 'from this primary key on; columns by comma' },
      to: { value: 'KEY', about: 'up to this primary key, itself included' },
      'changed-since': { value: 'TIME', about: 'changed at this time or later: 2026-01-31T12:00:00' },
      where: { value: 'COLUMN=VALUE', about: 'with this value in a column that the connector declares for it' },
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
    scope: scopeOf(options),
    limits,
  })
  const given = backfillOrder(connectors, body)
  if (options.has('dry-run')) return await (await import('./show-forecast.ts')).showForecast(system, call, given)
  return await orderRun(opened.desk, given, call)
}

function scopeOf(options: ReadonlyMap<string, string>): object {
  const key = (name: string) => options.get(name)?.split(',')
  const [column, ...value] = (options.get('where') ?? '').split('=')
  const bounds = { ...(key('from') && { from: key('from') }), ...(key('to') && { to: key('to') }) }
  return {
    ...(options.has('table') && { table: options.get('table') }),
    ...(options.has('venue') && { venue: options.get('venue') }),
    ...(Object.keys(bounds).length > 0 && { key: bounds }),
    ...(options.has('changed-since') && { changed_since: options.get('changed-since') }),
    ...(options.has('where') && { where: { [column ?? '']: value.join('=') } }),
  }
}
