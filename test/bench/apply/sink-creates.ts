// Creates through our sink.

import { contend } from '../contender.ts'
import type { ApplyJob } from './apply-job.ts'
import { fieldsOf, keyOf, placeOf } from './items.ts'
import { applyAll } from './sink-applying.ts'

contend<ApplyJob>((job, meter) =>
  applyAll(job, meter, (id) => {
    return { ...placeOf(id), write: { do: 'create', table: job.table, key: keyOf(id), fields: fieldsOf(id) } }
  }),
)
