// All conflicts as the log has them: claims that another item holds, and fields that both sides changed. What the
// versions hold stays in the log until somebody asks for one conflict.

import { hash } from 'node:crypto'
import { type Conflict, conflictKey } from '../core/conflict.ts'
import { MillraceError } from '../core/errors.ts'
import { type FieldConflict, isFieldConflictKey, pairName, type Verdict } from '../core/field-conflict.ts'
import { CONFLICTS } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { Log, StoredRecord } from '../log/log.ts'
import { TopicTail } from './topic-tail.ts'

export interface ConflictBookOptions {
  readonly log: Pick<Log, 'ends' | 'range' | 'latest'>
  readonly records: RecordCodec
  readonly signal: AbortSignal
}

export const CONFLICT_KINDS = ['claim', 'fields'] as const
/** superseded: a newer one of the same fields has taken its place before anybody decided. */
export const CONFLICT_STATES = ['open', 'decided', 'superseded'] as const
export type ConflictState = (typeof CONFLICT_STATES)[number]

export interface KnownClaim {
  readonly kind: 'claim'
  readonly id: string
  readonly state: 'open'
  readonly connectors: readonly string[]
  readonly foundAtMs: number
  readonly clash: Conflict
}

export interface KnownContest {
  readonly kind: 'fields'
  readonly id: string
  readonly state: ConflictState
  readonly verdict: Verdict
  /** Who has found it; one or both of a pair. */
  readonly connectors: readonly string[]
  readonly foundAtMs: number
  /** What says most: a decision, else what is open, else what was found last. */
  readonly about: Brief
}

export type KnownConflict = KnownClaim | KnownContest

export interface ConflictAsked {
  readonly connector?: string | undefined
  readonly kind?: KnownConflict['kind'] | undefined
  readonly state?: ConflictState | undefined
}

type Brief = Omit<FieldConflict, 'mysql' | 'dynamodb' | 'before'>

const DIGITS = 16

export class ConflictBook {
  readonly #options: ConflictBookOptions
  readonly #tail: TopicTail
  /** By their keys in the topic. */
  readonly #claims = new Map<string, KnownClaim>()
  /** By id, then by their keys in the topic. */
  readonly #contests = new Map<string, Map<string, Brief>>()

  constructor(options: ConflictBookOptions) {
    this.#options = options
    const { log, signal } = options
    this.#tail = new TopicTail({ log, signal, topic: CONFLICTS, take: (record) => this.#take(record) })
  }

  refresh(): Promise<void> {
    return this.#tail.refresh()
  }

  /** The newest first. */
  list({ connector, kind, state }: ConflictAsked = {}): readonly KnownConflict[] {
    const all = [...this.#claims.values(), ...this.#fields()].toSorted(newestFirst)
    return all.filter(
      (one) =>
        (connector === undefined || one.connectors.includes(connector)) &&
        (kind === undefined || one.kind === kind) &&
        (state === undefined || one.state === state),
    )
  }

  /** What waits for a decision that somebody can take; of all connectors, when none is named, each once. */
  openFor(connector?: string): number {
    return this.list({ connector, kind: 'fields', state: 'open' }).length
  }

  /** Throws CONFLICT_UNKNOWN. */
  get(id: string): KnownConflict {
    const found = this.list().find((one) => one.id === id)
    if (found === undefined) throw new MillraceError('CONFLICT_UNKNOWN', `there is no conflict ${id}`)
    return found
  }

  /** With both versions, by everybody who found it. */
  async findings(id: string): Promise<readonly FieldConflict[]> {
    const { log, records } = this.#options
    const found: FieldConflict[] = []
    for await (const { key, value } of log.latest(CONFLICTS)) {
      const name = Buffer.from(key).toString()
      if (value === null || !isFieldConflictKey(name) || !name.startsWith(`${id} `)) continue
      found.push(await records.unpack('contest', value))
    }
    return found
  }

  #fields(): readonly KnownContest[] {
    const known = [...this.#contests.values()].map((findings) => contestOf([...findings.values()]))
    const newer = new Set<string>()
    return known.toSorted(byAge).map((contest) => {
      const { about, state, wasOpen } = contest
      const fields = JSON.stringify([pairName(about), about.row, about.group])
      const isSuperseded = state === 'open' && newer.has(fields)
      if (wasOpen) newer.add(fields)
      return isSuperseded ? { ...contest, state: 'superseded' } : contest
    })
  }

  async #take({ key, value }: StoredRecord): Promise<void> {
    const name = Buffer.from(key).toString()
    if (isFieldConflictKey(name)) return this.#takeContest(name, value)
    if (value === null) this.#claims.delete(name)
    else this.#claims.set(name, claimOf(await this.#options.records.unpack('conflict', value)))
  }

  async #takeContest(name: string, value: Uint8Array | null): Promise<void> {
    const [id = ''] = name.split(' ')
    const findings = this.#contests.get(id) ?? new Map<string, Brief>()
    if (value === null) findings.delete(name)
    else {
      const { mysql: _m, dynamodb: _d, before: _b, ...brief } = await this.#options.records.unpack('contest', value)
      findings.set(name, brief)
    }
    if (findings.size === 0) this.#contests.delete(id)
    else this.#contests.set(id, findings)
  }
}

function claimOf(clash: Conflict): KnownClaim {
  const id = hash('sha256', conflictKey(clash), 'hex').slice(0, DIGITS)
  return { kind: 'claim', id, state: 'open', connectors: [clash.connector], foundAtMs: clash.foundAtMs, clash }
}

function contestOf(findings: readonly Brief[]): KnownContest & { readonly wasOpen: boolean } {
  const found = findings.filter(({ decision }) => decision === null).toSorted(byAge)
  const decided = findings.find(({ decision }) => decision !== null)
  const open = found.find(({ verdict }) => verdict === 'open')
  const about = decided ?? open ?? (found[0] as Brief)
  return {
    ...{ kind: 'fields', id: about.id, state: about.verdict === 'open' ? 'open' : 'decided', verdict: about.verdict },
    connectors: [...new Set((found.length === 0 ? findings : found).map(({ connector }) => connector))].toSorted(),
    foundAtMs: Math.max(...findings.map(({ foundAtMs }) => foundAtMs)),
    about,
    wasOpen: open !== undefined,
  }
}

/** The order of a list, in which no two stand at the same place. */
export function newestFirst(one: Placed, other: Placed): number {
  return byAge(one, other) || (one.id < other.id ? -1 : Number(one.id > other.id))
}

type Placed = Pick<KnownConflict, 'foundAtMs' | 'id'>

function byAge(one: { readonly foundAtMs: number }, other: { readonly foundAtMs: number }): number {
  return other.foundAtMs - one.foundAtMs
}
