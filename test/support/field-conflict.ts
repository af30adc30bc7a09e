// Conflicts of fields as a sink would have found them, for tests of those who keep and show them.

import { type FieldConflict, fieldConflictId } from '../../src/core/field-conflict.ts'

export function fieldConflict(more: Partial<FieldConflict> = {}): FieldConflict {
  const conflict = {
    ...{ connector: 'products', twin: 'products-back', row: 'p1', table: 'products', key: ['p1'] as const },
    ...{ group: 'assessment', policy: 'review' as const, verdict: 'open' as const, why: 'a person decides' },
    mysql: { stage: 'live', score: 1 },
    dynamodb: { stage: 'draft', score: 1 },
    ...{ before: { stage: 'new', score: 1 }, foundAtMs: 1_000, cursor: 't1:0:7', decision: null },
    ...more,
  }
  return { ...conflict, id: fieldConflictId(conflict) }
}
