// Where do changes wait? From the source through the log into the targets, stage by stage.

import { dashboard } from './dashboard.mjs'
import { lines, percentiles, row, stat } from './panels.mjs'

const OF_SOURCE = '{source=~"$source"}'
const OF_CONNECTOR = '{connector=~"$connector"}'

export const pipeline = dashboard({
  uid: 'millrace-pipeline',
  title: 'millrace pipeline',
  about: 'Sources, log, deliveries and targets, stage by stage.',
  panels: [
    row('Capture'),
    lines('Rows captured', {
      about: 'Changed rows read from the source and appended to the log.',
      unit: 'rowsps',
      queries: {
        [`sum by (source, table) (rate(millrace_capture_rows_total${OF_SOURCE}[$__rate_interval]))`]:
          '{{source}} {{table}}',
      },
      stack: true,
    }),
    lines('Bytes appended', {
      about: 'Keys and values, as they go into the log.',
      unit: 'Bps',
      queries: { [`sum by (source) (rate(millrace_capture_bytes_total${OF_SOURCE}[$__rate_interval]))`]: '{{source}}' },
    }),
    lines('Batches', {
      about: 'Transactions, groups of small ones, parts of a huge one, signs of life.',
      unit: 'cps',
      queries: {
        [`sum by (source) (rate(millrace_capture_batches_total${OF_SOURCE}[$__rate_interval]))`]: '{{source}}',
      },
    }),
    lines('Behind the source', {
      about:
        'Age of what was captured last, and how long nothing was heard. An idle source gives a sign of life every few seconds.',
      unit: 's',
      queries: {
        [`max by (source) (millrace_capture_delay_seconds${OF_SOURCE})`]: '{{source}} delay',
        [`time() - max by (source) (millrace_capture_seen_timestamp_seconds${OF_SOURCE})`]: '{{source}} silent for',
      },
      steps: ['green', [60, 'red']],
    }),
    lines('Append to the log', {
      about: 'Time to make one batch and its bookmark durable.',
      unit: 's',
      queries: percentiles('millrace_append_seconds', { by: 'source', where: OF_SOURCE }),
    }),
    lines('Gaps', {
      about: 'Stretches of history that went missing within the hour, and those that no repair has closed yet.',
      unit: 'short',
      queries: {
        [`sum by (source, table) (increase(millrace_gaps_total${OF_SOURCE}[1h]))`]: '{{source}} {{table}} new',
        [`max by (connector) (millrace_gaps_open${OF_CONNECTOR})`]: '{{connector}} open',
      },
    }),
    row('Log'),
    stat('Log', {
      about: 'Whether the log answers.',
      unit: 'short',
      queries: { 'min(millrace_log_up{instance=~"$instance"})': 'log' },
      words: { 0: ['away', 'red'], 1: ['answers', 'green'] },
      steps: ['red', [1, 'green']],
      width: 3,
    }),
    lines('Time to answer', {
      about: 'How long the log took to say where a topic ends.',
      unit: 's',
      queries: { 'max by (instance) (millrace_log_answer_seconds{instance=~"$instance"})': '{{instance}}' },
      width: 7,
    }),
    lines('Size of the file', {
      about: 'Where the log is a file: with what is still to be folded into it.',
      unit: 'bytes',
      queries: { 'max by (instance) (millrace_log_file_bytes{instance=~"$instance"})': '{{instance}}' },
      width: 7,
    }),
    lines('Room left on its disk', {
      about: 'When it is full, capture waits and loses nothing.',
      unit: 'bytes',
      queries: { 'min by (instance) (millrace_log_disk_free_bytes{instance=~"$instance"})': '{{instance}}' },
      steps: ['red', [2 * 1024 ** 3, 'green']],
      width: 7,
    }),
    row('Lag'),
    lines('In seconds', {
      about: 'Age of the oldest change that is still to be delivered; 0 when there is none.',
      unit: 's',
      queries: { 'max by (reader, topic) (millrace_lag_seconds{reader=~"$connector"})': '{{reader}} {{topic}}' },
      steps: ['green', [60, 'red']],
    }),
    lines('In records', {
      about: 'Records between the cursor and the end of each topic.',
      unit: 'short',
      queries: { 'max by (reader, topic) (millrace_lag_records{reader=~"$connector"})': '{{reader}} {{topic}}' },
    }),
    lines('Canary', {
      about: 'From the commit of the canary row to its arrival in the target, and the age of the last arrival.',
      unit: 's',
      queries: {
        ...percentiles('millrace_canary_seconds', { by: 'connector', where: OF_CONNECTOR }),
        [`time() - max by (connector) (millrace_canary_timestamp_seconds${OF_CONNECTOR})`]: '{{connector}} age',
      },
      steps: ['green', [60, 'red']],
    }),
    row('Deliver'),
    lines('Records delivered', {
      about: 'Records delivered and committed.',
      unit: 'cps',
      queries: {
        [`sum by (connector, topic) (rate(millrace_deliver_records_total${OF_CONNECTOR}[$__rate_interval]))`]:
          '{{connector}} {{topic}}',
      },
      stack: true,
    }),
    lines('Records per batch', {
      about: 'Middle and large batches. Large ones say that much is waiting.',
      unit: 'short',
      queries: percentiles('millrace_deliver_batch_records', { by: 'connector', where: OF_CONNECTOR }),
    }),
    lines('Partitions held', {
      about: 'Partitions that each process delivers; none while it stands by for others.',
      unit: 'short',
      queries: {
        [`sum by (connector, instance) (millrace_deliver_partitions${OF_CONNECTOR})`]: '{{connector}} {{instance}}',
      },
      stack: true,
    }),
    lines('From commit to target', {
      about: "From the source's commit to the write applied in the target.",
      unit: 's',
      queries: percentiles('millrace_deliver_latency_seconds', { by: 'connector', where: OF_CONNECTOR }),
      steps: ['green', [1, 'red']],
    }),
    lines('Time per stage, p99', {
      about: 'Where a batch spends its time: decode, lookup, map, apply, commit.',
      unit: 's',
      queries: {
        [`histogram_quantile(0.99, sum by (le, connector, stage) (rate(millrace_deliver_stage_seconds_bucket${OF_CONNECTOR}[$__rate_interval])))`]:
          '{{connector}} {{stage}}',
      },
    }),
    lines('Time per stage, in all', {
      about: 'Seconds per second that all batches together spend in each stage.',
      unit: 's',
      queries: {
        [`sum by (stage) (rate(millrace_deliver_stage_seconds_sum${OF_CONNECTOR}[$__rate_interval]))`]: '{{stage}}',
      },
      stack: true,
    }),
    lines('Lookups by origin', {
      about: 'Rows that mappings asked for: from memory, from the shared cache, from the source.',
      unit: 'cps',
      queries: {
        [`sum by (connector, from) (rate(millrace_lookup_values_total${OF_CONNECTOR}[$__rate_interval]))`]:
          '{{connector}} {{from}}',
      },
      stack: true,
    }),
    lines('Shared cache does not answer', {
      about: 'Requests that Redis did not answer; each is a lookup in the source instead.',
      unit: 'cps',
      queries: {
        'sum by (instance) (rate(millrace_cache_failures_total{instance=~"$instance"}[$__rate_interval]))':
          '{{instance}}',
      },
    }),
    row('Targets'),
    lines('Writes by outcome', {
      about:
        'applied: written · stale: the target holds something newer · exists: it was there · rejected: it never can be.',
      unit: 'wps',
      queries: {
        [`sum by (connector, table, did) (rate(millrace_deliver_writes_total${OF_CONNECTOR}[$__rate_interval]))`]:
          '{{connector}} {{table}} {{did}}',
      },
      stack: true,
    }),
    lines('Throttled', {
      about: 'Requests that the target throttled, per second.',
      unit: 'reqps',
      queries: {
        [`sum by (connector) (rate(millrace_sink_throttles_total${OF_CONNECTOR}[$__rate_interval]))`]: '{{connector}}',
      },
      steps: ['green', [1, 'red']],
    }),
    lines('Retries', {
      about: 'Retries of a part after an error, by its code.',
      unit: 'cps',
      queries: {
        'sum by (part, code) (rate(millrace_retries_total{instance=~"$instance"}[$__rate_interval]))':
          '{{part}} {{code}}',
      },
    }),
    row('Left over'),
    lines('Dead letters', {
      about: 'Those that wait, and those that came within the hour.',
      unit: 'short',
      queries: {
        [`max by (connector) (millrace_dead_letters${OF_CONNECTOR})`]: '{{connector}} waiting',
        [`sum by (connector, topic) (increase(millrace_deliver_dead_total${OF_CONNECTOR}[1h]))`]:
          '{{connector}} {{topic}} new',
      },
    }),
    lines('Conflicts', {
      about:
        'Groups of fields that both sides had changed within the hour, by whose version counts, and those that wait.',
      unit: 'short',
      queries: {
        [`sum by (connector, verdict) (increase(millrace_conflicts_total${OF_CONNECTOR}[1h]))`]:
          '{{connector}} {{verdict}}',
        [`max by (connector) (millrace_conflicts_open${OF_CONNECTOR})`]: '{{connector}} waiting',
      },
    }),
    lines('Clashes', {
      about: 'Claims of persons that another one held already, within the hour.',
      unit: 'short',
      queries: {
        [`sum by (connector) (increase(millrace_deliver_clashes_total${OF_CONNECTOR}[1h]))`]: '{{connector}}',
      },
    }),
  ],
})
