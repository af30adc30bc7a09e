// Something that is amiss, as tests need it.

import type { Symptom } from '../../src/core/symptom.ts'

export function symptom(key: string, more: Partial<Symptom> = {}): Symptom {
  return {
    ...{ key, group: 'mysql', severity: 'critical', what: `${key} has stopped`, why: 'MYSQL_UNREACHABLE' },
    ...{ cause: 'network', mend: 'Start it.', command: 'millrace doctor', link: '#/flow', count: null, lastsMs: 0 },
    ...more,
  }
}
