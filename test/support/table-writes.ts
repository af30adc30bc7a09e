// Writes for the one table of a sink's test.

import type { Fields } from '../../src/core/value.ts'
import type { Count, Create, ItemKey, Merge, Remove } from '../../src/core/write.ts'
import { freshName } from './fresh-name.ts'

export class TableWrites {
  readonly name = freshName('sink')

  createOf(key: ItemKey, fields: Fields, more: Partial<Create> = {}): Create {
    return { do: 'create', table: this.name, key, fields, ...more }
  }

  mergeOf(key: ItemKey, fields: Fields, more: Partial<Merge> = {}): Merge {
    return { do: 'merge', table: this.name, key, fields, ...more }
  }

  removeOf(key: ItemKey, fields: readonly string[], more: Partial<Remove> = {}): Remove {
    const deletedAt = '2025-11-28T14:30:00.000Z'
    return { do: 'remove', table: this.name, key, how: 'tombstone', fields, deletedAt, ...more }
  }

  countOf(key: ItemKey, add: Count['add'], more: Partial<Count> = {}): Count {
    return { do: 'count', table: this.name, key, add, ...more }
  }
}
