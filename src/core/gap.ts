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

/** Its key in the topic of gaps. */
export function gapKey({ source, tables, toPosition }: Gap): string {
  return `${source}:${toPosition}:${tables.join()}`
}
