// What the server's settings have to be for every change to be in its binary log, whole and readable, and for long
// enough; by the names of either flavour, each with the statement that mends it.

const DAY_S = 86_400

export interface Rule {
  readonly variable: string
  /** Says what is wrong with the value; null when it will do. A variable the server does not have passes. */
  readonly fault: (value: string) => string | null
  readonly fix: string
  /** Capture goes on all the same. */
  readonly isBearable?: true
}

const COMMON: readonly Rule[] = [
  {
    variable: 'log_bin',
    fault: wants('ON', 'there is no binary log to capture from'),
    fix: 'Set log-bin=binlog in the [mysqld] section of my.cnf and restart the server',
  },
  {
    variable: 'server_id',
    fault: (value) => (value === '0' ? 'a server with the id 0 sends its log to nobody' : null),
    fix: 'Set server-id=1, or another number that no replica has, in my.cnf and restart the server',
  },
]

const MYSQL: readonly Rule[] = [
  {
    variable: 'binlog_format',
    fault: wants('ROW', 'changes would be logged as statements'),
    fix: "SET PERSIST binlog_format = 'ROW'",
  },
  {
    variable: 'binlog_row_image',
    fault: wants('FULL', 'changes would lack columns'),
    fix: "SET PERSIST binlog_row_image = 'FULL'",
  },
  {
    variable: 'binlog_row_metadata',
    fault: wants('FULL', 'the names of columns would be missing'),
    fix: "SET PERSIST binlog_row_metadata = 'FULL'",
  },
  {
    variable: 'gtid_mode',
    fault: wants('ON', 'a capture could not resume on another server'),
    fix: [
      'SET PERSIST enforce_gtid_consistency = ON',
      'SET PERSIST gtid_mode = OFF_PERMISSIVE',
      'SET PERSIST gtid_mode = ON_PERMISSIVE',
      'SET PERSIST gtid_mode = ON',
    ].join('; '),
  },
  {
    variable: 'binlog_row_value_options',
    fault: wants('', 'updates would hold only parts of JSON values'),
    fix: "SET PERSIST binlog_row_value_options = ''",
  },
  {
    variable: 'binlog_transaction_compression',
    fault: wants('OFF', 'a transaction of more than 128 MiB could not be unpacked'),
    fix: 'SET PERSIST binlog_transaction_compression = OFF',
    isBearable: true,
  },
  {
    variable: 'binlog_expire_logs_seconds',
    fault: keepsADay,
    fix: 'SET PERSIST binlog_expire_logs_seconds = 604800',
    isBearable: true,
  },
]

const MARIADB: readonly Rule[] = [
  {
    variable: 'binlog_format',
    fault: wants('ROW', 'changes would be logged as statements'),
    fix: "SET GLOBAL binlog_format = 'ROW', and binlog-format=ROW in my.cnf",
  },
  {
    variable: 'binlog_row_image',
    fault: wants('FULL', 'changes would lack columns'),
    fix: "SET GLOBAL binlog_row_image = 'FULL', and binlog-row-image=FULL in my.cnf",
  },
  {
    variable: 'binlog_row_metadata',
    fault: wants('FULL', 'the names of columns would be missing'),
    fix: "SET GLOBAL binlog_row_metadata = 'FULL', and binlog-row-metadata=FULL in my.cnf",
  },
  {
    variable: 'log_bin_compress',
    fault: wants('OFF', 'unpacking costs capture more than it saves'),
    fix: 'SET GLOBAL log_bin_compress = OFF, and log-bin-compress=OFF in my.cnf',
    isBearable: true,
  },
  {
    variable: 'gtid_strict_mode',
    fault: wants('ON', 'after a failover GTIDs may run backwards'),
    fix: 'SET GLOBAL gtid_strict_mode = ON, and gtid-strict-mode=ON in my.cnf',
    isBearable: true,
  },
  {
    // Since 10.6 the same as expire_logs_days, in seconds.
    variable: 'binlog_expire_logs_seconds',
    fault: keepsADay,
    fix: 'SET GLOBAL binlog_expire_logs_seconds = 604800, and binlog-expire-logs-seconds=604800 in my.cnf',
    isBearable: true,
  },
]

export function serverRules(isMariadb: boolean): readonly Rule[] {
  return [...COMMON, ...(isMariadb ? MARIADB : MYSQL)]
}

function wants(wanted: string, otherwise: string): Rule['fault'] {
  return (value) => (value.toUpperCase() === wanted ? null : `it is '${value}': ${otherwise}`)
}

/** 0 keeps the log for ever. */
function keepsADay(value: string): string | null {
  const kept = Number(value)
  return kept === 0 || kept >= DAY_S ? null : `the log is kept for ${kept} s: an outage of a day would lose changes`
}
