// How rows are known that their source has no more, once all of it was read.

/**
 * unseen: the run did not meet the row. rebuilt: the same, of a table that the run has filled anew and puts in its place now. outdated: the row came with a parent, of which there is a newer version by now, and
 * did not come with that.
 */
export type Sweep =
  | { readonly how: 'unseen' | 'rebuilt' }
  | {
      readonly how: 'outdated'
      readonly parent: string
      /** The field that names the parent by its key. */
      readonly by: string
      /** Fields of the row and of its parent that say which version of the parent it is. */
      readonly versions: readonly [own: string, parents: string]
    }
