// Is it well? One screen for whoever has a minute.

import { dashboard } from './dashboard.mjs'
import { bars, lines, percentiles, row, stat } from './panels.mjs'

export const overview = dashboard({
  uid: 'millrace-overview',
  title: 'millrace overview',
  about: 'Whether everything arrives, and what waits for a person.',
  panels: [
    row('Now'),
    stat('Ready', {
      about: 'Every part is caught up or has moved within half a minute.',
      unit: 'short',
      queries: { 'min(millrace_ready{instance=~"$instance"})': 'ready' },
      words: { 0: ['not ready', 'red'], 1: ['ready', 'green'] },
      steps: ['red', [1, 'green']],
    }),
    stat('Last arrival', {
      about:
        'Age of the last canary that came the whole way into the target. It is true also when nothing else moves; without the right to write one it stays empty.',
      unit: 's',
      queries: {
        'max((time() - max by (connector, source) (millrace_canary_timestamp_seconds{connector=~"$connector"})) and on (source) (max by (source) (millrace_canary_on) == 1))':
          'age',
      },
      steps: ['green', [30, 'orange'], [60, 'red']],
    }),
    stat('Behind', {
      about: 'Age of the oldest change that is still to be delivered.',
      unit: 's',
      queries: { 'max(millrace_lag_seconds{reader=~"$connector"})': 'lag' },
      steps: ['green', [10, 'orange'], [60, 'red']],
    }),
    stat('Dead letters', {
      about: 'Events that could not be delivered and wait. `millrace dead` lists them.',
      unit: 'short',
      queries: { 'sum(max by (connector) (millrace_dead_letters{connector=~"$connector"}))': 'waiting' },
      steps: ['green', [1, 'red']],
    }),
    stat('Open gaps', {
      about: 'Stretches of history that are missing. `millrace gaps` lists them.',
      unit: 'short',
      queries: { 'sum(max by (connector) (millrace_gaps_open{connector=~"$connector"}))': 'open' },
      steps: ['green', [1, 'red']],
    }),
    stat('Open conflicts', {
      about: 'Conflicts that wait for a person to decide. `millrace conflicts` lists them.',
      unit: 'short',
      queries: { 'sum(max by (connector) (millrace_conflicts_open{connector=~"$connector"}))': 'open' },
      steps: ['green', [1, 'orange']],
    }),
    stat('Parts', {
      about: 'The state that each part is in.',
      unit: 'short',
      queries: { 'max by (part, state) (millrace_part_state{instance=~"$instance"}) == 1': '{{part}}: {{state}}' },
      text: 'name',
      colors: { '/: stopped$/': 'red', '/: retrying$/': 'orange', '/: ended$/': 'text' },
      width: 12,
    }),
    stat('Version', {
      about: 'Which version runs, on which Node.',
      unit: 'short',
      queries: {
        'max by (version, node) (millrace_build_info{instance=~"$instance"})': '{{version}} on Node {{node}}',
      },
      text: 'name',
      width: 4,
    }),
    stat('Rows that differ', {
      about: 'Rows that differed at the end of the last verification of each connector.',
      unit: 'short',
      queries: { 'max by (connector) (millrace_verify_differences{connector=~"$connector"})': '{{connector}}' },
      steps: ['green', [1, 'red']],
    }),
    stat('Canary', {
      about:
        'Whether the canary row is written into the source: without the right to, lag while idle is told by the log alone.',
      unit: 'short',
      queries: { 'max by (source) (millrace_canary_on{source=~"$source"})': '{{source}}' },
      words: { 0: ['off', 'orange'], 1: ['on', 'green'] },
      steps: ['orange', [1, 'green']],
    }),
    stat('Open incidents', {
      about: 'What people are told of by mail or Slack, where the settings say whom.',
      unit: 'short',
      queries: { 'max(millrace_incidents_open{instance=~"$instance"})': 'open' },
      steps: ['green', [1, 'orange']],
    }),
    stat('Last sign of life', {
      about: 'Age of the oldest sign of life of any process.',
      unit: 's',
      queries: { 'max(time() - millrace_heartbeat_timestamp_seconds{instance=~"$instance"})': 'age' },
      steps: ['green', [60, 'orange'], [120, 'red']],
    }),
    row('Flow'),
    lines('From commit to target', {
      about: "From the source's commit to the write applied in the target.",
      unit: 's',
      queries: percentiles('millrace_deliver_latency_seconds', { by: 'connector', where: '{connector=~"$connector"}' }),
      steps: ['green', [1, 'red']],
    }),
    lines('Rows captured', {
      about: 'Changed rows appended to the log, per second.',
      unit: 'rowsps',
      queries: {
        'sum by (source, table) (rate(millrace_capture_rows_total{source=~"$source"}[$__rate_interval]))':
          '{{source}} {{table}}',
      },
      stack: true,
    }),
    lines('Writes by outcome', {
      about: 'What the targets did with the writes, per second.',
      unit: 'wps',
      queries: {
        'sum by (connector, did) (rate(millrace_deliver_writes_total{connector=~"$connector"}[$__rate_interval]))':
          '{{connector}} {{did}}',
      },
      stack: true,
    }),
    row('Venues'),
    bars('Venues by age of their last sync', {
      about: 'How many venues were last synced within the hour, the day, ... or never.',
      unit: 'short',
      queries: {
        'sum by (age) (max by (connector, age) (millrace_venues{mark="synced",connector=~"$connector"}))': '{{age}}',
      },
      width: 6,
    }),
    bars('Venues by age of their verification', {
      about: 'Up to when venues are known to agree.',
      unit: 'short',
      queries: {
        'sum by (age) (max by (connector, age) (millrace_venues{mark="verified",connector=~"$connector"}))': '{{age}}',
      },
      width: 6,
    }),
    bars('Venues furthest behind', {
      about: 'The five whose last sync or verification is longest ago, of those that have had one.',
      unit: 's',
      queries: {
        'max by (connector, mark, venue) (millrace_venue_stalest_seconds{connector=~"$connector"})':
          '{{venue}} {{mark}}',
      },
      steps: ['green', [7 * 86_400, 'orange']],
      width: 12,
    }),
    row('Messages to people'),
    lines('Messages', {
      about: 'Sent, tried again, refused and dropped, an hour; held back is what came too often.',
      unit: 'short',
      queries: {
        'sum by (channel, outcome) (increase(millrace_notices_total{instance=~"$instance"}[1h]))':
          '{{channel}} {{outcome}}',
        'sum(increase(millrace_notices_held_total{instance=~"$instance"}[1h]))': 'held back',
      },
    }),
    lines('Messages that wait', {
      about: 'Messages that the mail server or Slack has not taken yet.',
      unit: 'short',
      queries: { 'sum by (channel) (millrace_notices_waiting{instance=~"$instance"})': '{{channel}}' },
    }),
    row('Process'),
    lines('Memory', {
      about: 'Resident memory of each process.',
      unit: 'bytes',
      queries: { 'process_resident_memory_bytes{job="millrace",instance=~"$instance"}': '{{instance}}' },
      steps: ['green', [1.5 * 1024 ** 3, 'red']],
    }),
    lines('CPU', {
      about: 'Cores in use.',
      unit: 'short',
      queries: {
        'rate(process_cpu_seconds_total{job="millrace",instance=~"$instance"}[$__rate_interval])': '{{instance}}',
      },
    }),
    lines('Event loop delay, p99', {
      about: 'By how long the process is late for what it has to do.',
      unit: 's',
      // A quarter of a second is how often it is looked.
      queries: {
        'clamp_min(nodejs_eventloop_lag_p99_seconds{job="millrace",instance=~"$instance"} - 0.25, 0)': '{{instance}}',
      },
      steps: ['green', [0.5, 'red']],
    }),
    lines('Requests', {
      about: 'HTTP requests answered per second, by class of status.',
      unit: 'reqps',
      queries: {
        'sum by (route, status) (rate(millrace_http_seconds_count{instance=~"$instance"}[$__rate_interval]))':
          '{{route}} {{status}}',
      },
      stack: true,
      width: 12,
    }),
    lines('Time to answer, p99', {
      about: 'By route. Those that stream progress answer as long as the run takes.',
      unit: 's',
      queries: {
        'histogram_quantile(0.99, sum by (le, route) (rate(millrace_http_seconds_bucket{instance=~"$instance"}[$__rate_interval])))':
          '{{route}}',
      },
      width: 12,
    }),
  ],
})
