// The sources of a process: MySQL, and DynamoDB's streams where a connector follows them.

import { CANARY } from '../core/canary.ts'
import type { Connector } from '../core/connector.ts'
import { SIDES, type Side } from '../core/contested.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { type OpenSourceOptions, openSource } from './open-source.ts'
import { followedTables } from './source-tables.ts'
import type { Source } from './system.ts'

export interface SourcesOptions extends Omit<OpenSourceOptions, 'side' | 'tables'> {
  readonly connectors: readonly ReadyConnector[]
}

type Looking = Pick<Source, 'name' | 'rows' | 'columns'>

/** Rows from outside stand for themselves: nothing is looked up, and they have the columns that the connector declares. */
const OUTSIDE: Looking = {
  name: 'import',
  rows: () => Promise.reject(new RangeError('nothing is looked up')),
  columns: async () => new Map(),
}

export class Sources implements AsyncDisposable {
  readonly #bySide: ReadonlyMap<Side, Source>
  readonly #opened: AsyncDisposable

  static async open({ connectors, ...options }: SourcesOptions): Promise<Sources> {
    await using opened = new AsyncDisposableStack()
    const bySide = new Map<Side, Source>()
    for (const side of SIDES) {
      // Canaries of DynamoDB are in the tables of the connectors.
      const tables = followedTables(connectors, side).filter((table) => side === 'mysql' || table !== CANARY)
      // A process that follows nothing still has the venues of MySQL to look up.
      if (tables.length === 0 && side !== 'mysql') continue
      bySide.set(side, opened.use(await openSource({ ...options, side, tables })))
    }
    return new Sources(bySide, opened.move())
  }

  private constructor(bySide: ReadonlyMap<Side, Source>, opened: AsyncDisposable) {
    this.#bySide = bySide
    this.#opened = opened
  }

  /** The one that a connector follows. */
  of({ source: side, name }: Pick<Connector, 'source' | 'name'>): Source {
    const source = side === 'import' ? undefined : this.#bySide.get(side)
    if (source === undefined) throw new RangeError(`the source of ${name} is not open`)
    return source
  }

  /** What is to be looked up for a connector's rows. */
  lookupOf(connector: Pick<Connector, 'source' | 'name'>): Looking {
    return connector.source === 'import' ? OUTSIDE : this.of(connector)
  }

  get mysql(): Source {
    return this.of({ source: 'mysql', name: 'MySQL' })
  }

  [Symbol.iterator](): Iterator<readonly [Side, Source]> {
    return this.#bySide.entries()
  }

  get names(): ReadonlyMap<Side, string> {
    return new Map([...this.#bySide].map(([side, { name }]) => [side, name]))
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#opened[Symbol.asyncDispose]()
  }
}
