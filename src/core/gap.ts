// A stretch of a source's history that nobody captured and nobody can any more: given up on a person's word, or never
// written down by the source itself. What changed in it and has not changed since is missing in every target until it is
// read again.

export interface Gap {
  readonly source: string
  /** Those of the followed tables that it concerns. */
  readonly tables: readonly string[]
  /** Where capture stood, null when anything before may be concerned, and where it began anew. */
  readonly fromBookmark: string | null
  readonly toBookmark: string
  readonly toPosition: string
  /** The same by the source's clock, in milliseconds. */
  readonly fromMs: number | null
  readonly toMs: number
  /** Why the history between them could not be read, in words for a person. */
  readonly reason: string
}

/** For this connector it is closed: its tables were read again, and its deletes found by comparing keys. */
export interface GapRepair {
  readonly connector: string
  /** The gap's key. */
  readonly gap: string
  readonly run: string
  readonly repairedAtMs: number
}

/** What a run that repairs gaps is about: their keys, and those of their tables that the connector reads. */
export interface RepairScope {
  readonly gaps: readonly string[]
  readonly tables: readonly string[]
}

/** Key of a repair in the topic of runs. */
export function gapRepairKey({ connector, gap }: Pick<GapRepair, 'connector' | 'gap'>): string {
  return `${connector}@${encodeURIComponent(gap)} repair`
}

/** Names the gap; its key in the topic of gaps. */
export function gapKey({ source, tables, toPosition }: Gap): string {
  return `${source}:${toPosition}:${tables.join()}`
}
