// A row of the source of which the target holds something else, as a verification found it.

export interface FieldDifference {
  readonly name: string
  /** As text, for people; null: there is no such field. */
  readonly wanted: string | null
  readonly held: string | null
}

export interface RowDifference {
  /** The verification. */
  readonly run: string
  readonly connector: string
  /** Null where it concerns no venue. */
  readonly venue: string | null
  /** The table of the source, and the row's primary key as JSON. */
  readonly sourceTable: string
  readonly row: string
  /** The table of the target, and the item's key; none where nothing says which item it would be. */
  readonly table: string
  readonly key: readonly string[]
  /** None where the item, or the row, is not there at all. */
  readonly fields: readonly FieldDifference[]
  readonly is: 'differing' | 'missing' | 'left over'
  /** Why that is likely to be. */
  readonly why: string
  readonly isMended: boolean
  readonly foundAtMs: number
}

/** Its key in the topic of differences: told once more, it is the same. An item that nobody can name is one of its venue. */
export function differenceKey({ run, sourceTable, row, table, key, venue }: RowDifference): string {
  return [run, sourceTable, row, table, ...(key.length > 0 ? key : [venue ?? ''])].join(' ')
}
