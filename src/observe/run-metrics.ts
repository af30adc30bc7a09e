// Metrics of runs, of imports, and of how fresh each venue is.

import { type MetricSpec, RUN_S } from './metric-spec.ts'

export const RUN_METRICS = {
  importDiscrepancies: {
    kind: 'counter',
    name: 'millrace_import_discrepancies_total',
    about: 'Checks of imported tables that found more amiss than they may, by what was checked.',
    labels: ['connector', 'check'],
  },
  runsActive: {
    kind: 'gauge',
    name: 'millrace_runs_active',
    about: 'Runs that this process carries out just now.',
    labels: [],
  },
  runs: {
    kind: 'gauge',
    name: 'millrace_runs',
    about: 'Runs on record, by what they do and how they stand.',
    labels: ['kind', 'state'],
  },
  runRows: {
    kind: 'gauge',
    name: 'millrace_run_rows',
    about: 'Rows that the runs under way have read so far.',
    labels: ['kind'],
  },
  runRowsExpected: {
    kind: 'gauge',
    name: 'millrace_run_rows_expected',
    about: 'Rows that the runs under way are to read, as far as somebody knows.',
    labels: ['kind'],
  },
  runRate: {
    kind: 'gauge',
    name: 'millrace_run_rows_per_second',
    about: 'Rows a second that the runs under way read of late.',
    labels: ['kind'],
  },
  runsEnded: {
    kind: 'counter',
    name: 'millrace_runs_ended_total',
    about: 'Runs that this process has brought to an end: done, failed, cancelled.',
    labels: ['connector', 'kind', 'state'],
  },
  runTime: {
    kind: 'histogram',
    name: 'millrace_run_seconds',
    about: 'From the beginning of a run to its end.',
    labels: ['kind'],
    buckets: RUN_S,
  },
  verifyDifferences: {
    kind: 'gauge',
    name: 'millrace_verify_differences',
    about: 'Rows that differed at the end of the last verification of a connector.',
    labels: ['connector'],
  },
  importRows: {
    kind: 'counter',
    name: 'millrace_import_rows_total',
    about: 'Rows of imports that ended, by what became of them: inserted, updated, unchanged, deleted.',
    labels: ['connector', 'table', 'did'],
  },
  importSetAside: {
    kind: 'counter',
    name: 'millrace_import_set_aside_total',
    about: 'Rows that imports set aside as errors, by category: validation, constraint, duplicate, kept.',
    labels: ['connector', 'category'],
  },
  importTime: {
    kind: 'gauge',
    name: 'millrace_import_last_seconds',
    about: 'How long the last import that was done took.',
    labels: ['connector'],
  },
  importSuccess: {
    kind: 'gauge',
    name: 'millrace_import_success_timestamp_seconds',
    about: 'When an import was last done, in seconds since 1970.',
    labels: ['connector'],
  },
  scheduleLate: {
    kind: 'gauge',
    name: 'millrace_schedule_late_seconds',
    about: 'For how long a scheduled import has been due without being done; 0 when none is.',
    labels: ['schedule'],
  },
  venues: {
    kind: 'gauge',
    name: 'millrace_venues',
    about: 'Venues by the age of their mark: when they were last synced, or up to when they are verified.',
    labels: ['connector', 'mark', 'age'],
  },
  venueStalest: {
    kind: 'gauge',
    name: 'millrace_venue_stalest_seconds',
    about: 'Age of the mark of the five venues that are furthest behind, those that have one.',
    labels: ['connector', 'mark', 'venue'],
  },
} as const satisfies Record<string, MetricSpec>
