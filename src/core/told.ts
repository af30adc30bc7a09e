// Something that people were told of once, and are not to be told of again.

export interface Told {
  readonly name: string
  /** What it was about, in time. */
  readonly atMs: number
}
