// What others came to at the same work on a machine like this one, before: they do not come with npm, so they cannot run
// beside us. The prototype ran beside them and runs beside us, and so carries the comparison over.

export interface Peer {
  readonly name: string
  readonly rowsPerSecond: number
  readonly cpuPerMillion: number
}

/** Medians on real MySQL 9.7 and Kafka 4.3.1, rows of 300 bytes, transactions of one row; Debezium 3.6.1. */
export const DEBEZIUM: Peer = {
  name: 'Debezium 3.6 (tuned, exactly once)',
  rowsPerSecond: 13_800,
  cpuPerMillion: 119,
}

export const PROTOTYPE: Peer = { name: 'the prototype', rowsPerSecond: 22_200, cpuPerMillion: 46 }
