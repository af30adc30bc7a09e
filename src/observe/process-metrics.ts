// Metrics of the process itself and of what it leans on.

import { ANSWER_S, type MetricSpec } from './metric-spec.ts'

export const PROCESS_METRICS = {
  buildInfo: {
    kind: 'gauge',
    name: 'millrace_build_info',
    about: 'Always 1; the labels say which version runs.',
    labels: ['version', 'node'],
  },
  ready: {
    kind: 'gauge',
    name: 'millrace_ready',
    about: '1 while the process is caught up or making progress, else 0.',
    labels: [],
  },
  heartbeat: {
    kind: 'gauge',
    name: 'millrace_heartbeat_timestamp_seconds',
    about: 'When the process last looked after itself, in seconds since 1970: every few seconds while it lives.',
    labels: [],
  },
  notices: {
    kind: 'counter',
    name: 'millrace_notices_total',
    about: 'Messages to people, by what became of them: sent, retried, refused, dropped because too many waited.',
    labels: ['channel', 'outcome'],
  },
  noticesWaiting: {
    kind: 'gauge',
    name: 'millrace_notices_waiting',
    about: 'Messages to people that are still to be sent.',
    labels: ['channel'],
  },
  noticesHeld: {
    kind: 'counter',
    name: 'millrace_notices_held_total',
    about: 'Messages that were held back because there were too many within the hour.',
    labels: [],
  },
  incidentsOpen: {
    kind: 'gauge',
    name: 'millrace_incidents_open',
    about: 'Incidents that people are told of, by the process that tells them.',
    labels: [],
  },
  httpTime: {
    kind: 'histogram',
    name: 'millrace_http_seconds',
    about: 'Time to answer a request, by route and class of status.',
    labels: ['method', 'route', 'status'],
    buckets: ANSWER_S,
  },
  logUp: {
    kind: 'gauge',
    name: 'millrace_log_up',
    about: '1 while the log answers, else 0.',
    labels: [],
  },
  logAnswer: {
    kind: 'gauge',
    name: 'millrace_log_answer_seconds',
    about: 'How long the log took to say where a topic ends.',
    labels: [],
  },
  logBytes: {
    kind: 'gauge',
    name: 'millrace_log_file_bytes',
    about: 'Size of the log, where it is a file, with what is still to be folded into it.',
    labels: ['file'],
  },
  logFree: {
    kind: 'gauge',
    name: 'millrace_log_disk_free_bytes',
    about: 'Room that is left on the disk of the log, where it is a file.',
    labels: ['file'],
  },
  cacheFailures: {
    kind: 'counter',
    name: 'millrace_cache_failures_total',
    about: 'Requests that the shared cache did not answer; each is a lookup in the source instead.',
    labels: [],
  },
} as const satisfies Record<string, MetricSpec>
