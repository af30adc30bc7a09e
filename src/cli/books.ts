// What the log knows, followed for as long as the process lives: each topic by one reader, whoever asks.

import type { Connector } from '../core/connector.ts'
import type { Side } from '../core/contested.ts'
import { connectorTopics } from '../core/topic.ts'
import { BookmarkBook } from '../pipeline/bookmark-book.ts'
import { ConflictBook } from '../pipeline/conflict-book.ts'
import { DeadCount } from '../pipeline/dead-count.ts'
import { GapBook } from '../pipeline/gap-book.ts'
import { RunBook, type RunBookOptions } from '../pipeline/run-book.ts'

export interface Books {
  readonly runs: RunBook
  readonly gaps: GapBook
  readonly conflicts: ConflictBook
  readonly bookmarks: BookmarkBook
  readonly letters: DeadCount
}

export interface BooksOptions extends RunBookOptions {
  readonly connectors: readonly Connector[]
  /** Their names. */
  readonly sources: ReadonlyMap<Side, string>
  readonly database: string
}

export function openBooks({ connectors, sources, database, ...reading }: BooksOptions): Books {
  const runs = new RunBook(reading)
  const topics = connectors.flatMap((connector) => connectorTopics(connector, database))
  return {
    runs,
    gaps: new GapBook({ ...reading, runs, sources, connectors }),
    conflicts: new ConflictBook(reading),
    bookmarks: new BookmarkBook(reading),
    letters: new DeadCount({ ...reading, topics }),
  }
}
