// `millrace import`: orders an import and shows it until it ends.

import { MillraceError } from '../core/errors.ts'
import { Seal } from '../core/seal.ts'
import type { OrderGiven } from '../pipeline/run-desk.ts'
import type { ImportAsked } from '../source/import-source.ts'
import type { Call, Command, ExitCode } from './command.ts'
import type { OpenDesk } from './open-desk.ts'
import type { System } from './system.ts'

export function importCommand(system: System): Command {
  return {
    name: 'import',
    about: 'Bring the rows of a file, an API or a Square account into MySQL.',
    words: '[FILE or URL]',
    options: {
      table: { value: 'TABLE', about: 'into this table; content_index when left out' },
      map: { value: 'FIELD=COLUMN,…', about: 'where fields are found that the file calls by another name' },
      set: { value: 'FIELD=VALUE,…', about: 'fields that are the same in every row' },
      'content-type': { value: 'NAME', about: 'the same as --set content_type=NAME' },
      options: {
        value: 'FILE',
        about: 'options of the request in JSON, as POST /v1/sync/trigger takes them; credentials belong there',
      },
      'items-path': {
        value: 'PATH',
        about: 'of an API: where in an answer the list is; the answer itself when left out',
      },
      pagination: { value: 'TYPE', about: 'of an API: page, offset, cursor, link, next or none' },
      'page-parameter': { value: 'NAME', about: 'which parameter says which page; called like the type when left out' },
      'page-size': { value: 'N', about: 'how many items a page is asked to have' },
      'size-parameter': { value: 'NAME', about: 'which parameter says how many; limit when left out' },
      'next-from': { value: 'PATH', about: 'where in an answer the cursor, or the next address, is' },
      delimiter: { value: 'C', about: 'what stands between fields; a comma when left out' },
      encoding: {
        value: 'NAME',
        about: 'utf-8, utf-16le, utf-16be, latin1 or windows-1252; what the file itself says when left out',
      },
      'no-header': { about: 'the first line is a row like the others; --map then names columns by their numbers' },
      'data-type': {
        value: 'NAME,…',
        about: 'instead of a file or URL: what of Square, or `all`; what has changed, or with --force all there is',
      },
      force: { about: 'read it again although it says what it said last time' },
      'dry-run': { about: 'say what it would do, by a sample, and do nothing' },
      detach: { about: 'order it and leave' },
    },
    run: (call) => run(system, call),
  }
}

async function run(system: System, call: Call): Promise<ExitCode> {
  const { options } = call
  const { openDesk } = await import('./open-desk.ts')
  const { showRun } = await import('./order-run.ts')
  const { sameImport } = await import('../pipeline/import-order.ts')
  const { openImports } = await import('../pipeline/import.ts')
  await using opened = await openDesk(system, call)
  const { connectors, config, desk } = opened
  const given = options.has('data-type') ? await ofAccount(opened, call) : await ofSource(opened, call)
  if (options.has('dry-run')) return await (await import('./show-forecast.ts')).showForecast(system, call, given)
  const open = (asked: ImportAsked) => system.openImport(config, asked)
  await openImports({ connectors, open }, { ...given, orderedAtMs: Date.now() })
  return await showRun(desk, await desk.order({ ...given, by: 'command line' }, sameImport(given)), call)
}

async function ofAccount({ connectors }: OpenDesk, { options, words }: Call): Promise<Omit<OrderGiven, 'by'>> {
  if (words.length > 0)
    throw new MillraceError('COMMAND_INVALID', 'name a file or an address, or --data-type, not both')
  const { accountOrder } = await import('../pipeline/account-order.ts')
  const names = (options.get('data-type') ?? '').split(',').map((name) => name.trim())
  return accountOrder(connectors, {
    isFoundation: options.has('force'),
    dataTypes: names.includes('all') ? null : names,
  })
}

async function ofSource({ connectors, config }: OpenDesk, call: Call): Promise<Omit<OrderGiven, 'by'>> {
  const { importBody } = await import('./import-body.ts')
  const { wantedBy } = await import('../control/trigger-body.ts')
  const { importOrder } = await import('../pipeline/import-order.ts')
  const body = await importBody(call)
  return importOrder(
    connectors,
    wantedBy(body, (secret) => new Seal(config.mysqlUrl).close(secret)),
  )
}
