// For each alert what Prometheus sees, minute by minute, when it fires and when it has cleared again.

export interface AlertCase {
  /** By series, values as promtool writes them: one a minute. */
  readonly series: Readonly<Record<string, string>>
  /** In minutes. */
  readonly firesAt: number
  readonly clearsAt: number
  /** Of the alert, without its name and severity. */
  readonly labels: Readonly<Record<string, string>>
}

const ON = { 'millrace_canary_on{source="mysql.app"}': '1x60' }

export const ALERT_CASES: Readonly<Record<string, AlertCase>> = {
  MillraceDown: {
    series: { 'up{job="millrace",instance="a"}': '1x3 0x5 1x20' },
    ...{ firesAt: 7, clearsAt: 12, labels: { job: 'millrace', instance: 'a' } },
  },
  MillraceHeartbeatLost: {
    series: { 'millrace_heartbeat_timestamp_seconds{instance="a"}': '0+60x5 300x7 780+60x20' },
    ...{ firesAt: 11, clearsAt: 15, labels: { instance: 'a' } },
  },
  MillraceNoticesFail: {
    series: { 'millrace_notices_total{channel="mail",outcome="refused"}': '0x3 1x100' },
    ...{ firesAt: 6, clearsAt: 80, labels: { channel: 'mail' } },
  },
  MillraceNotReady: {
    series: { 'millrace_ready{instance="a"}': '1x4 0x5 1x20' },
    ...{ firesAt: 8, clearsAt: 12, labels: { instance: 'a' } },
  },
  MillracePartStopped: {
    series: { 'millrace_part_state{part="capture",state="stopped"}': '0x3 1x5 0x20' },
    ...{ firesAt: 5, clearsAt: 12, labels: { part: 'capture' } },
  },
  MillraceRetrying: {
    series: { 'millrace_retries_total{part="capture",code="MYSQL_UNREACHABLE"}': '0x5 10+10x5 60x30' },
    ...{ firesAt: 10, clearsAt: 30, labels: { part: 'capture', code: 'MYSQL_UNREACHABLE' } },
  },
  MillraceSourceSilent: {
    series: { 'millrace_capture_seen_timestamp_seconds{source="mysql.app"}': '0+60x5 300x5 660+60x20' },
    ...{ firesAt: 9, clearsAt: 14, labels: { source: 'mysql.app' } },
  },
  MillraceCanaryLate: {
    series: {
      ...ON,
      'millrace_canary_timestamp_seconds{connector="feedback",source="mysql.app"}': '0+60x5 300x5 660+60x20',
      // One that may not be written is not missed.
      'millrace_canary_on{source="dynamodb"}': '0x60',
      'millrace_canary_timestamp_seconds{connector="replies",source="dynamodb"}': '0x60',
    },
    ...{ firesAt: 9, clearsAt: 14, labels: { connector: 'feedback', source: 'mysql.app' } },
  },
  MillraceCanaryAbsent: {
    series: {
      ...ON,
      'millrace_canary_timestamp_seconds{connector="feedback",source="mysql.app"}': '0+60x2 _x12 900+60x20',
    },
    ...{ firesAt: 14, clearsAt: 18, labels: { source: 'mysql.app' } },
  },
  MillraceBehind: {
    series: { 'millrace_lag_seconds{reader="feedback",topic="t"}': '0x2 90x10 0x20' },
    ...{ firesAt: 10, clearsAt: 15, labels: { reader: 'feedback', topic: 't' } },
  },
  MillraceFallingBehind: {
    series: { 'millrace_lag_records{reader="feedback",topic="t"}': '20000+1000x30 0x20' },
    ...{ firesAt: 25, clearsAt: 45, labels: { reader: 'feedback', topic: 't' } },
  },
  MillraceThrottled: {
    series: { 'millrace_sink_throttles_total{connector="feedback"}': '0+120x20 2400x30' },
    ...{ firesAt: 18, clearsAt: 30, labels: { connector: 'feedback' } },
  },
  MillraceDeadLetters: {
    series: { 'millrace_dead_letters{connector="feedback"}': '0x3 7x5 0x20' },
    ...{ firesAt: 5, clearsAt: 12, labels: { connector: 'feedback' } },
  },
  MillraceGap: {
    series: { 'millrace_gaps_total{source="mysql.app",table="comment"}': '0x3 1x100' },
    ...{ firesAt: 5, clearsAt: 80, labels: { source: 'mysql.app', table: 'comment' } },
  },
  MillraceGapOpen: {
    series: { 'millrace_gaps_open{connector="feedback"}': '1x70 0x20' },
    ...{ firesAt: 65, clearsAt: 75, labels: { connector: 'feedback' } },
  },
  MillraceConflictOpen: {
    series: { 'millrace_conflicts_open{connector="products"}': '2x70 0x20' },
    ...{ firesAt: 65, clearsAt: 75, labels: { connector: 'products' } },
  },
  MillraceRowsDiffer: {
    series: { 'millrace_verify_differences{connector="feedback"}': '0x3 3x5 0x20' },
    ...{ firesAt: 5, clearsAt: 12, labels: { connector: 'feedback' } },
  },
  MillraceRunFailed: {
    // A run that failed before anybody had asked for the counter.
    series: { 'millrace_runs_ended_total{connector="feedback",kind="sync",state="failed"}': '_x3 1x100' },
    ...{ firesAt: 5, clearsAt: 80, labels: { connector: 'feedback', kind: 'sync' } },
  },
  MillraceImportFailed: {
    series: { 'millrace_runs_ended_total{connector="square",kind="import",state="failed"}': '2x3 3x100' },
    ...{ firesAt: 5, clearsAt: 80, labels: { connector: 'square' } },
  },
  MillraceImportDiscrepancy: {
    series: { 'millrace_import_discrepancies_total{connector="square",check="references"}': '_x3 1x100' },
    ...{ firesAt: 5, clearsAt: 80, labels: { connector: 'square', check: 'references' } },
  },
  MillraceScheduleMissed: {
    series: { 'millrace_schedule_late_seconds{schedule="square/nightly"}': '0x3 14000+60x20 0x20' },
    ...{ firesAt: 20, clearsAt: 30, labels: { schedule: 'square/nightly' } },
  },
  MillraceLogAway: {
    series: { 'millrace_log_up{instance="a"}': '1x3 0x5 1x20' },
    ...{ firesAt: 6, clearsAt: 12, labels: { instance: 'a' } },
  },
  MillraceLogDiskLow: {
    series: { 'millrace_log_disk_free_bytes{instance="a"}': '1000000000x10 50000000000x20' },
    ...{ firesAt: 8, clearsAt: 14, labels: { instance: 'a' } },
  },
  MillraceLogDiskFilling: {
    series: { 'millrace_log_disk_free_bytes{instance="a"}': '19000000000-20000000x100 90000000000x400' },
    ...{ firesAt: 90, clearsAt: 110, labels: { instance: 'a' } },
  },
  MillraceCacheAway: {
    series: { 'millrace_cache_failures_total{instance="a"}': '0+120x20 2400x30' },
    ...{ firesAt: 18, clearsAt: 30, labels: { instance: 'a' } },
  },
  MillraceMemory: {
    series: { 'process_resident_memory_bytes{job="millrace",instance="a"}': '2000000000x20 300000000x20' },
    ...{ firesAt: 18, clearsAt: 25, labels: { job: 'millrace', instance: 'a' } },
  },
  MillraceEventLoop: {
    series: { 'nodejs_eventloop_lag_p99_seconds{job="millrace",instance="a"}': '0.85x15 0.7x20' },
    ...{ firesAt: 12, clearsAt: 20, labels: { job: 'millrace', instance: 'a' } },
  },
  MillraceRequestsFail: {
    series: {
      'millrace_http_seconds_count{instance="a",method="GET",route="/api/runs",status="5xx"}': '0+60x20 1200x30',
      'millrace_http_seconds_count{instance="a",method="GET",route="/health/ready",status="5xx"}': '0+60x50',
    },
    ...{ firesAt: 18, clearsAt: 30, labels: { instance: 'a', route: '/api/runs' } },
  },
}
