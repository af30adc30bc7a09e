// The binary log's event types and header: what the server sends, of MySQL 8.0 to 9.x and MariaDB 10.5 and later.

export const EVENT = {
  query: 2,
  rotate: 4,
  intvar: 5,
  rand: 13,
  userVar: 14,
  format: 15,
  xid: 16,
  beginLoadQuery: 17,
  executeLoadQuery: 18,
  tableMap: 19,
  writeRowsV1: 23,
  updateRowsV1: 24,
  deleteRowsV1: 25,
  incident: 26,
  heartbeat: 27,
  ignorable: 28,
  rowsQuery: 29,
  writeRows: 30,
  updateRows: 31,
  deleteRows: 32,
  gtid: 33,
  anonymousGtid: 34,
  previousGtids: 35,
  transactionContext: 36,
  viewChange: 37,
  xaPrepare: 38,
  partialUpdateRows: 39,
  transactionPayload: 40,
  heartbeatV2: 41,
  taggedGtid: 42,
  annotateRows: 160,
  binlogCheckpoint: 161,
  mariadbGtid: 162,
  mariadbGtidList: 163,
  startEncryption: 164,
  queryCompressed: 165,
} as const

export const HEADER_BYTES = 19
/** Set on events the server makes up for its readers; they lie nowhere in a file. */
const ARTIFICIAL = 0x20
const IGNORABLE = 0x80

/** One event in a packet's buffer, which is reused: whoever keeps bytes copies them. */
export class BinlogEvent {
  buffer: Buffer = Buffer.alloc(0)
  #at = 0
  /** Where the body begins and ends; the checksum, if any, is behind it. */
  start = 0
  end = 0

  move(buffer: Buffer, at: number, end: number): void {
    this.buffer = buffer
    this.#at = at
    this.start = at + HEADER_BYTES
    this.end = end
  }
  get timeMs(): number {
    return this.buffer.readUInt32LE(this.#at) * 1000
  }
  get type(): number {
    return this.buffer[this.#at + 4] ?? 0
  }
  get serverId(): number {
    return this.buffer.readUInt32LE(this.#at + 5)
  }
  get size(): number {
    return this.buffer.readUInt32LE(this.#at + 9)
  }
  /** Where the next event begins in the file, modulo 2^32; 0 where the server does not say. */
  get endPosition(): number {
    return this.buffer.readUInt32LE(this.#at + 13)
  }
  get isArtificial(): boolean {
    return ((this.buffer[this.#at + 17] ?? 0) & ARTIFICIAL) !== 0
  }
  get isIgnorable(): boolean {
    return ((this.buffer[this.#at + 17] ?? 0) & IGNORABLE) !== 0
  }
  get body(): Buffer {
    return this.buffer.subarray(this.start, this.end)
  }
  /** Header, body and checksum, as the file holds them. */
  get whole(): Buffer {
    return this.buffer.subarray(this.#at, this.#at + this.size)
  }
}
