// Backfills, replays, syncs, verifications and repairs: which are under way, how far they have come, how they ended.

import { dashboard } from './dashboard.mjs'
import { bars, lines, row, stat } from './panels.mjs'

export const runs = dashboard({
  uid: 'millrace-runs',
  title: 'millrace runs',
  about: 'Runs under way, how far they have come, and what came of those that ended.',
  from: 'now-6h',
  panels: [
    row('Now'),
    stat('Under way', {
      about: 'Runs that a process carries out just now.',
      unit: 'short',
      queries: { 'sum(millrace_runs_active{instance=~"$instance"})': 'runs' },
      steps: ['blue'],
    }),
    stat('Waiting or paused', {
      about: 'Runs that were ordered and are not carried out yet, and those that somebody paused.',
      unit: 'short',
      queries: { 'sum by (state) (max by (kind, state) (millrace_runs{state=~"queued|paused"}))': '{{state}}' },
      steps: ['blue'],
      width: 6,
    }),
    stat('Failed', {
      about: 'Runs on record that failed and that nobody has taken up again. `millrace runs` says why.',
      unit: 'short',
      queries: { 'sum(max by (kind) (millrace_runs{state="failed"}))': 'failed' },
      steps: ['green', [1, 'orange']],
    }),
    stat('Rows that differ', {
      about: 'At the end of the last verification of each connector.',
      unit: 'short',
      queries: { 'max by (connector) (millrace_verify_differences{connector=~"$connector"})': '{{connector}}' },
      steps: ['green', [1, 'red']],
      width: 6,
    }),
    stat('Ended within a day', {
      about: 'By how they ended.',
      unit: 'short',
      queries: {
        'sum by (state) (increase(millrace_runs_ended_total{connector=~"$connector"}[1d]))': '{{state}}',
      },
      steps: ['blue'],
    }),
    row('Progress'),
    lines('Rows read', {
      about: 'Of the runs under way, by kind, and how many there are to read.',
      unit: 'short',
      queries: {
        'max by (kind) (millrace_run_rows) > 0': '{{kind}}',
        'max by (kind) (millrace_run_rows_expected) > 0': '{{kind}} expected',
      },
      width: 9,
    }),
    lines('Rows per second', {
      about: 'What the runs under way read of late.',
      unit: 'rowsps',
      queries: { 'max by (kind) (millrace_run_rows_per_second)': '{{kind}}' },
      width: 9,
    }),
    bars('Done', {
      about: 'How much of what there is to read has been read, of the runs under way.',
      unit: 'percentunit',
      queries: {
        'max by (kind) (millrace_run_rows) / (max by (kind) (millrace_run_rows_expected) > 0)': '{{kind}}',
      },
      steps: ['blue'],
      width: 6,
    }),
    row('History'),
    bars('Runs on record', {
      about: 'By kind and state.',
      unit: 'short',
      queries: { 'max by (kind, state) (millrace_runs) > 0': '{{kind}} {{state}}' },
      steps: ['blue'],
    }),
    lines('Ended', {
      about: 'Runs that ended within the hour, by what they did and how they ended.',
      unit: 'short',
      queries: {
        'sum by (connector, kind, state) (increase(millrace_runs_ended_total{connector=~"$connector"}[1h]))':
          '{{connector}} {{kind}} {{state}}',
      },
      stack: true,
    }),
    lines('How long they took', {
      about: 'Average of the runs that ended within the hour.',
      unit: 's',
      queries: {
        'sum by (kind) (increase(millrace_run_seconds_sum[1h])) / (sum by (kind) (increase(millrace_run_seconds_count[1h])) > 0)':
          '{{kind}}',
      },
    }),
  ],
})
