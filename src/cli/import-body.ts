// What `millrace import` comes to as a request: the options of a file in JSON, and over them those of the command line.

import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { TriggerBody } from '../control/trigger-body.ts'
import { MillraceError } from '../core/errors.ts'
import type { Call } from './command.ts'
import { bodyOf } from './order-run.ts'

type Options = ReadonlyMap<string, string>

const Given = z.record(z.string(), z.json())
type Given = z.infer<typeof Given>

/** Names of the command line, as the request calls them. */
const SAME = {
  table: 'targetTable',
  'content-type': 'contentType',
  delimiter: 'delimiter',
  encoding: 'encoding',
  'items-path': 'itemsPath',
} as const
const OF_PAGES = {
  pagination: 'type',
  'page-parameter': 'parameter',
  'next-from': 'from',
  'size-parameter': 'sizeParameter',
} as const

export async function importBody({ options, words }: Pick<Call, 'options' | 'words'>): Promise<TriggerBody> {
  const [source, ...more] = words
  if (source === undefined || more.length > 0)
    throw new MillraceError('COMMAND_INVALID', 'name one file or address to import, or --data-type')
  const given = await fromFile(options.get('options'))
  const isApi = /^https?:\/\//iu.test(source)
  return bodyOf(TriggerBody, {
    sourceType: isApi ? 'api' : 'csv',
    sourceIdentifier: source,
    force: options.has('force'),
    options: {
      ...given,
      ...renamed(options, SAME),
      columnMapping: { ...asRecord(given.columnMapping), ...pairs('map', options) },
      constants: { ...asRecord(given.constants), ...pairs('set', options) },
      ...(options.has('no-header') && { hasHeader: false }),
      ...pagination(options, given),
    },
  })
}

async function fromFile(path: string | undefined): Promise<Given> {
  if (path === undefined) return {}
  try {
    return Given.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    const why = error instanceof z.ZodError ? 'it is no object' : error instanceof Error ? error.message : String(error)
    throw new MillraceError('COMMAND_INVALID', `--options ${path} cannot be read: ${why}`, { cause: error })
  }
}

function pagination(options: Options, given: Given): { readonly pagination?: object } {
  const named = renamed(options, OF_PAGES)
  const size = options.get('page-size')
  const all = { ...asRecord(given.pagination), ...named, ...(size !== undefined && { pageSize: Number(size) }) }
  if (Object.keys(all).length === 0) return {}
  return { pagination: named.type === 'none' ? { enabled: false } : all }
}

function renamed(options: Options, names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([option, name]) => {
      const value = options.get(option)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

function asRecord(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function pairs(option: string, options: Options): Record<string, string> {
  const entries = (options.get(option) ?? '').split(',').filter((pair) => pair !== '')
  return Object.fromEntries(
    entries.map((pair) => {
      const [name = '', ...value] = pair.split('=')
      if (value.length > 0) return [name, value.join('=')]
      throw new MillraceError('COMMAND_INVALID', `--${option} takes FIELD=VALUE, not "${pair}"`)
    }),
  )
}
