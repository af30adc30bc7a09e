// What came in from files and services: whether the last import arrived, what it did, what it set aside.

import { dashboard } from './dashboard.mjs'
import { bars, lines, row, stat } from './panels.mjs'

const OF_CONNECTOR = '{connector=~"$connector"}'

export const imports = dashboard({
  uid: 'millrace-imports',
  title: 'millrace imports',
  about: 'Imports: when the last one was done, what it did, and what it set aside.',
  from: 'now-24h',
  panels: [
    row('Now'),
    stat('Since the last success', {
      about: 'How long ago an import of each connector was last done.',
      unit: 's',
      queries: {
        [`time() - max by (connector) (millrace_import_success_timestamp_seconds${OF_CONNECTOR})`]: '{{connector}}',
      },
      steps: ['green', [86_400 + 4 * 3600, 'orange'], [2 * 86_400, 'red']],
      width: 6,
    }),
    stat('The last one took', {
      about: 'From its beginning to its end.',
      unit: 's',
      queries: { [`max by (connector) (millrace_import_last_seconds${OF_CONNECTOR})`]: '{{connector}}' },
      steps: ['blue'],
      width: 6,
    }),
    stat('Schedules that are late', {
      about: 'For how long something has been due without being done; 0 when nothing is.',
      unit: 's',
      queries: { 'max by (schedule) (millrace_schedule_late_seconds)': '{{schedule}}' },
      steps: ['green', [3600, 'orange'], [4 * 3600, 'red']],
      width: 6,
    }),
    stat('Failed within a day', {
      about: 'Imports that failed. What had arrived stays.',
      unit: 'short',
      queries: {
        'sum(increase(millrace_runs_ended_total{connector=~"$connector",kind="import",state="failed"}[1d])) or vector(0)':
          'failed',
      },
      steps: ['green', [1, 'red']],
      width: 6,
    }),
    row('What they did'),
    lines('Rows by outcome', {
      about: 'Rows of imports that ended within the hour: inserted, updated, unchanged, deleted.',
      unit: 'short',
      queries: {
        [`sum by (connector, did) (increase(millrace_import_rows_total${OF_CONNECTOR}[1h]))`]: '{{connector}} {{did}}',
      },
      stack: true,
      width: 12,
    }),
    bars('Rows by table, within a day', {
      about: 'What was done to the rows of each table.',
      unit: 'short',
      queries: {
        [`sum by (table, did) (increase(millrace_import_rows_total${OF_CONNECTOR}[1d])) > 0`]: '{{table}} {{did}}',
      },
      steps: ['blue'],
      width: 12,
    }),
    row('What went wrong'),
    lines('Rows set aside', {
      about:
        'By category, within the hour. validation: the row itself · constraint: the target refuses it · duplicate: its key came before · kept: others had changed what a rollback would take back.',
      unit: 'short',
      queries: {
        [`sum by (connector, category) (increase(millrace_import_set_aside_total${OF_CONNECTOR}[1h]))`]:
          '{{connector}} {{category}}',
      },
      stack: true,
      width: 12,
    }),
    lines('Discrepancies', {
      about: 'Checks of imported tables that found more amiss than they may, within the hour.',
      unit: 'short',
      queries: {
        [`sum by (connector, check) (increase(millrace_import_discrepancies_total${OF_CONNECTOR}[1h]))`]:
          '{{connector}} {{check}}',
      },
      stack: true,
      width: 12,
    }),
  ],
})
