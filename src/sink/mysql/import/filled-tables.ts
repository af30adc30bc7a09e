// Tables that imports fill, and where they are: what takes back, sweeps and looks at them is opened on these.

import type { UndoTargets } from '../../import-undo.ts'

export interface FilledTables {
  readonly url: string
  readonly targets: UndoTargets
}
