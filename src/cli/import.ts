// `millrace import`: orders an import and shows it until it ends.

import { MillraceError } from '../core/errors.ts'
import { Seal } from '../core/seal.ts'
import type { Call, Command, ExitCode } from './command.ts'
import type { System } from './system.ts'

export function importCommand(system: System): Command {
  return {
    name: 'import',
    about: 'Bring the rows of a file into MySQL.',
    words: 'FILE',
    options: {
      table: { value: 'TABLE', about: 'into this table; content_index when left out' },
      map: { value: 'FIELD=COLUMN,…', about: 'where fields are found that the file calls by another name' },
      set: { value: 'FIELD=VALUE,…', about: 'fields that are the same in every row' },
      delimiter: { value: 'C', about: 'what stands between fields; a comma when left out' },
      encoding: {
        value: 'NAME',
        about: 'utf-8, utf-16le, utf-16be, latin1 or windows-1252; what the file itself says when left out',
      },
      'no-header': { about: 'the first line is a row like the others; --map then names columns by their numbers' },
      force: { about: 'read it again although it says what it said last time' },
      'dry-run': { about: 'say what it would do, by a sample, and do nothing' },
      detach: { about: 'order it and leave' },
    },
    run: (call) => run(system, call),
  }
}

async function run(system: System, call: Call): Promise<ExitCode> {
  const { options, words } = call
  const [file, ...more] = words
  if (file === undefined || more.length > 0) throw new MillraceError('COMMAND_INVALID', 'name one file to import')
  const { openDesk } = await import('./open-desk.ts')
  const { bodyOf, showRun } = await import('./order-run.ts')
  const { TriggerBody, wantedBy } = await import('../control/trigger-body.ts')
  const { importOrder, sameImport } = await import('../pipeline/import-order.ts')
  const { openImports } = await import('../pipeline/import.ts')
  await using opened = await openDesk(system, call)
  const { connectors, config, desk } = opened
  const body = bodyOf(TriggerBody, {
    sourceType: 'csv',
    sourceIdentifier: file,
    force: options.has('force'),
    options: {
      ...(options.has('table') && { targetTable: options.get('table') }),
      ...(options.has('delimiter') && { delimiter: options.get('delimiter') }),
      ...(options.has('encoding') && { encoding: options.get('encoding') }),
      columnMapping: pairs('map', options),
      constants: pairs('set', options),
      hasHeader: !options.has('no-header'),
    },
  })
  const given = importOrder(
    connectors,
    wantedBy(body, (secret) => new Seal(config.mysqlUrl).close(secret)),
  )
  if (options.has('dry-run')) return await (await import('./show-forecast.ts')).showForecast(system, call, given)
  await openImports(
    { connectors, open: (asked) => system.openImport(config, asked) },
    { ...given, orderedAtMs: Date.now() },
  )
  return showRun(desk, await desk.order({ ...given, by: 'command line' }, sameImport(given)), call)
}

function pairs(option: string, options: ReadonlyMap<string, string>): Record<string, string> {
  const entries = (options.get(option) ?? '').split(',').filter((pair) => pair !== '')
  return Object.fromEntries(
    entries.map((pair) => {
      const [name = '', ...value] = pair.split('=')
      if (value.length > 0) return [name, value.join('=')]
      throw new MillraceError('COMMAND_INVALID', `--${option} takes FIELD=VALUE, not "${pair}"`)
    }),
  )
}
