// The port of a sink: applies writes, each safe to repeat. Adapters return outcomes for bad data and throw for a target
// that does not answer; the same writes are then given again.

import type { Policy, Settled } from '../core/contested.ts'
import type { Cursor } from '../core/cursor.ts'
import type { FieldDifference } from '../core/difference.ts'
import type { Finding } from '../core/finding.ts'
import type { Position } from '../core/position.ts'
import type { Fields } from '../core/value.ts'
import type { ItemKey, Merge, StoredItem, Write } from '../core/write.ts'

export interface PlacedWrite {
  readonly write: Write
  readonly position: Position
  /** The record this write comes from: what counters and repeats are recognised by. */
  readonly cursor: Cursor
  /** The source row: writes of one lane are applied in the order given. */
  readonly lane: string
  /** Who delivers it: each reader counts for itself. */
  readonly reader: string
  /** What the reader has committed of the cursor's partition: only from this offset on records may come again. */
  readonly since: number
  /** Those below that come again all the same, when their dead letters are retried; none when left out. */
  readonly waits?: (offset: number) => boolean
  /** It is such a record: counted unless the counter itself says that it was. */
  readonly isRetry?: true
  /** The replay that gives an old record once more: applied is then only what this one changes. */
  readonly run?: string
  /** The run that brought the record into the log. */
  readonly broughtBy?: string
}

/** Two existing items lay claim to the same thing; both stay as they are until a person decides. */
export interface Clash {
  readonly table: string
  readonly within: string
  readonly claim: string
  readonly holder: string
  readonly claimant: string
}

/** Both sides changed the same fields since they last agreed. */
export interface Contest {
  readonly table: string
  readonly key: ItemKey
  readonly row: string
  readonly group: string
  readonly policy: Policy
  readonly wins: Settled['wins']
  readonly why: string
  /** The fields of the group, as the write had them and as the target did. */
  readonly incoming: Fields
  readonly held: Fields
  readonly before: Fields | null
}

export type Change = 'inserted' | 'updated' | 'unchanged' | 'deleted'

/**
 * applied: the target holds exactly this event's position, now or since an earlier try of the same record · stale: it
 * holds a newer one · exists: somebody else made the item first · rejected: it can never be applied, `reason` says why.
 * Tallies of the writes that follow from an identify are in the identify's own outcome.
 */
export interface Outcome {
  readonly did: 'applied' | 'stale' | 'exists' | 'rejected'
  readonly reason?: string
  readonly clashes?: readonly Clash[]
  readonly contests?: readonly Contest[]
  /** What an import did to the row; `exists` where it is unchanged. */
  readonly change?: Change
  /** What kind of write it is of, among dependents. */
  readonly do?: Write['do']
  /** An identify made its item, whatever became of its fields. */
  readonly made?: true
  readonly dependents?: readonly Outcome[]
}

/** Where the target holds something else than a write wants to be true. */
export interface Difference {
  readonly table: string
  /** Null where nothing says which item it would be. */
  readonly key: ItemKey | null
  /** Null: the item is not there. */
  readonly fields: readonly FieldDifference[] | null
  /** The version of the row that it holds; null where it was never given one. */
  readonly position: Position | null
  /** What makes it good, without the row being delivered once more; none where only that does. */
  readonly mends: readonly Merge[]
}

export interface Compared {
  readonly differences: readonly Difference[]
  /** The table of each item that it was held against; one that is not there is none. */
  readonly met: readonly string[]
}

export interface ItemsRequest {
  readonly table: string
  /** The item behind which it goes on, whether it is still there or not; null at the beginning. */
  readonly after: ItemKey | null
  /** Looks at so many items; those that it leaves out count too. */
  readonly itemsMax: number
}

export interface ItemsPage {
  readonly items: readonly StoredItem[]
  /** Where the next page begins; null after the last one. */
  readonly next: ItemKey | null
}

export interface Sink {
  /** What has to be true of the target before writes can be applied. */
  check(): Promise<readonly Finding[]>

  /**
   * One outcome for each write, in order. Writes of one lane, and writes to one item, are applied in the order given;
   * everything else at once. After a rejection the rest of its lane is not tried and comes back rejected as well, with
   * a reason that begins with `behind`. Counts of a call are added after the creates they depend on.
   */
  apply(writes: readonly PlacedWrite[], signal: AbortSignal): Promise<readonly Outcome[]>

  /** What `apply` would answer as things stand; writes nothing. Writes are looked at each by itself. */
  foresee(writes: readonly PlacedWrite[], signal: AbortSignal): Promise<readonly Outcome[]>

  /**
   * For each write what is not as it wants it, in the order given; nothing is written. What only a count would change is
   * left out. Where `isSure` is false the target may be asked for what it held a moment ago.
   */
  compare(
    writes: readonly Write[],
    by: { readonly isSure: boolean; readonly signal: AbortSignal },
  ): Promise<readonly Compared[]>

  /**
   * A page of the items that merges or creates of ours have written and no remove has marked since, as they are now, each
   * once, in an order of the target's own. What nobody but others has written is left out.
   */
  items(request: ItemsRequest, signal: AbortSignal): Promise<ItemsPage>

  close(): Promise<void>
}
