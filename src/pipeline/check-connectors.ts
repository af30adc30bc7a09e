// Looks at all connectors before anything runs, and reports every fault together.

import { z } from 'zod'
import type { Connector, Settings } from '../core/connector.ts'
import { SIDES } from '../core/contested.ts'
import { covers } from '../core/covers.ts'
import { MillraceError } from '../core/errors.ts'
import { IMPORT_KINDS } from '../core/import-from.ts'
import { FIELD_TYPES } from '../core/imported.ts'
import { settingVariable } from '../core/setting-variable.ts'
import { checkDirections } from './check-directions.ts'
import { checkIntegrity, IntegrityShape } from './check-integrity.ts'
import { checkRowOf } from './check-row-of.ts'
import { checkSchedules } from './check-schedules.ts'
import { checkSync, SyncShape } from './check-sync.ts'
import { columnFaults } from './column-faults.ts'
import type { Targets } from './fields-owned.ts'
import type { ReadyConnector } from './ready-connector.ts'

export interface Candidate {
  /** Where it was loaded from, for messages. */
  readonly from: string
  readonly connector: unknown
}

export interface Surroundings {
  /** The value of MILLRACE_<CONNECTOR>_<NAME>. */
  readonly setting: (variable: string) => string | undefined
  /** The source's tables and their columns, where they are known already. */
  readonly tables?: ReadonlyMap<string, readonly string[]>
}

/** The connectors with their settings, or CONNECTOR_INVALID with every fault of every one. */
export function checkConnectors(candidates: readonly Candidate[], around: Surroundings): readonly ReadyConnector[] {
  const checks = candidates.map((candidate) => checkOne(candidate, around))
  const ready = checks.flatMap(({ ready }) => (ready === null ? [] : [ready]))
  const faults = [...checks.flatMap(({ faults }) => faults), ...clashesOf(ready), ...checkDirections(ready)]
  if (faults.length === 0) return ready
  throw new MillraceError('CONNECTOR_INVALID', faults.join('\n'))
}

const text = z.string().min(1)
const call = z.custom<() => unknown>((value) => typeof value === 'function', 'must be a function')
const Lookup = z.strictObject({
  table: text,
  by: text,
  columns: z.array(text).min(1),
  value: call,
  many: z.boolean().optional(),
})
const Through = z.strictObject({ table: text, by: text, column: text })
const Narrow = z.strictObject({
  venue: z.strictObject({ column: text, through: Through.optional() }).optional(),
  changedAt: text.optional(),
  where: z.array(text).optional(),
})
const Imported = z.strictObject({
  fields: z.record(
    text,
    z.strictObject({
      type: z.enum(FIELD_TYPES),
      isRequired: z.boolean().optional(),
      lengthMax: z.number().int().positive().optional(),
      scale: z.number().int().min(0).max(30).optional(),
      least: z.number().optional(),
      most: z.number().optional(),
      oneOf: z.array(z.string()).min(1).optional(),
    }),
  ),
  names: z.array(z.array(text).min(1)).min(1),
})
const Migration = z.strictObject({ name: text, up: z.array(text).min(1), down: z.array(text) })
const Flow = z.strictObject({
  columns: z.array(text).min(1),
  lookups: z.record(text, Lookup).optional(),
  narrow: Narrow.optional(),
  imported: Imported.optional(),
  importedFrom: z.array(z.enum(IMPORT_KINDS)).optional(),
  walkedWith: text.optional(),
  ...IntegrityShape,
  sweep: call.optional(),
  map: call,
  rowOf: call.optional(),
})
const Setting = z.strictObject({ about: text, default: z.string().optional(), check: call.optional() })
const Shape = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/u, 'must be small letters, digits and hyphens'),
  source: z.enum([...SIDES, 'import']),
  sink: z.enum(SIDES),
  twin: text.optional(),
  whenNamed: z.boolean().optional(),
  tables: z.record(text, Flow).refine((tables) => Object.keys(tables).length > 0, 'names no table'),
  targets: call,
  settings: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/u), Setting).optional(),
  sync: SyncShape.optional(),
  migrations: z.array(Migration).optional(),
  schedules: call.optional(),
})
const TargetsShape = z.record(
  text,
  z.strictObject({
    key: z.array(text).min(1).max(2),
    owns: z.array(text).min(1),
    keepsSeen: z.boolean().optional(),
    isRebuilt: z.boolean().optional(),
    shared: z.strictObject({ by: text, as: text }).optional(),
  }),
)

interface Checked {
  readonly ready: ReadyConnector | null
  readonly faults: readonly string[]
}

function checkOne({ from, connector: given }: Candidate, around: Surroundings): Checked {
  const shape = Shape.safeParse(given)
  if (!shape.success) return { ready: null, faults: describe(shape.error, from) }
  // The schema above has looked at every property; only the functions' signatures are taken on trust.
  const connector = given as Connector
  const { settings, faults } = settingsOf(connector, around)
  if (faults.length > 0) return { ready: null, faults }
  const targets = targetsOf(connector, settings)
  if (typeof targets === 'string') return { ready: null, faults: [`${connector.name}: ${targets}`] }
  const unread = around.tables === undefined ? [] : columnFaults(connector, around.tables)
  const ready = { connector, settings, targets }
  return {
    ready,
    faults: [
      ...targetFaults(connector, targets),
      ...walkFaults(connector),
      ...checkIntegrity(ready),
      ...checkSync(ready),
      ...checkRowOf(ready),
      ...checkSchedules(ready),
      ...unread,
    ],
  }
}

function describe(error: z.ZodError, from: string): readonly string[] {
  return error.issues.map(({ path, message }) => `${from}: ${path.length === 0 ? 'it' : path.join('.')}: ${message}`)
}

function settingsOf(
  connector: Connector,
  { setting }: Surroundings,
): { settings: Settings; faults: readonly string[] } {
  const settings: Record<string, string> = {}
  const faults: string[] = []
  for (const [name, spec] of Object.entries(connector.settings ?? {})) {
    const variable = settingVariable(connector, name)
    const value = setting(variable) ?? spec.default
    const fault = value === undefined ? 'is not set' : (spec.check?.(value) ?? null)
    if (fault !== null)
      faults.push(`${connector.name}: ${variable} ${value === undefined ? fault : `must be ${fault}`}`)
    if (value !== undefined) settings[name] = value
  }
  return { settings, faults }
}

function targetsOf(connector: Connector, settings: Settings): Targets | string {
  try {
    const targets = connector.targets(settings)
    const shape = TargetsShape.safeParse(targets)
    return shape.success ? targets : describe(shape.error, 'targets').join('; ')
  } catch (error) {
    return `its targets cannot be told: ${error instanceof Error ? error.message : String(error)}`
  }
}

function targetFaults({ name }: Connector, targets: Targets): readonly string[] {
  return Object.entries(targets).flatMap(([table, { key, owns, shared }]) =>
    [
      ...(shared === undefined || owns.includes(shared.by)
        ? []
        : [`does not own ${shared.by}, which says whose a row is`]),
      ...key
        .filter((part) => owns.some((owned) => covers(owned, part)))
        .map((part) => `owns the key attribute ${part}`),
      ...owns
        .filter((owned) => covers(owned, 'mr_') || owned.startsWith('mr_'))
        .map((owned) => `owns ${owned}: mr_ is millrace's own`),
      ...(new Set(key).size < key.length ? [`names the key attribute ${key[0]} twice`] : []),
    ].map((fault) => `${name}: in the target ${table} it ${fault}`),
  )
}

function walkFaults({ name, tables }: Connector): readonly string[] {
  return Object.entries(tables).flatMap(([table, { walkedWith }]) => {
    if (walkedWith === undefined || (walkedWith in tables && tables[walkedWith]?.walkedWith === undefined)) return []
    return [`${name}: the table ${table} is walked with ${walkedWith}, which is no table with a walk of its own`]
  })
}

/** Names used twice, and fields that two connectors own: the last to write would win. */
function clashesOf(ready: readonly ReadyConnector[]): readonly string[] {
  return ready.flatMap((one, index) =>
    ready.slice(index + 1).flatMap((other) => {
      const names =
        one.connector.name === other.connector.name ? [`two connectors are named ${one.connector.name}`] : []
      const both = `${one.connector.name} and ${other.connector.name}`
      const syncs = one.connector.sync && other.connector.sync ? [`${both} both say how venues are synced`] : []
      return [...names, ...syncs, ...sharedFields(one, other)]
    }),
  )
}

function sharedFields(one: ReadyConnector, other: ReadyConnector): readonly string[] {
  if (one.connector.sink !== other.connector.sink) return []
  return Object.entries(one.targets).flatMap(([table, { owns, shared: mine }]) => {
    const { owns: others = [], shared: theirs } = other.targets[table] ?? {}
    // Rows that say whose they are have one owner each.
    if (mine !== undefined && theirs !== undefined && mine.by === theirs.by && mine.as !== theirs.as) return []
    const shared = owns.filter((owned) => others.some((field) => overlaps(owned, field)))
    return shared.map((field) => `${one.connector.name} and ${other.connector.name} both own ${field} of ${table}`)
  })
}

function overlaps(one: string, other: string): boolean {
  return covers(one, other.replace(/\*$/u, '')) || covers(other, one.replace(/\*$/u, ''))
}
