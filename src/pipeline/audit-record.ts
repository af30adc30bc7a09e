// Who ordered or changed what, as it rests in the log: beside what came of it, in the same append.

import type { AuditEntry } from '../core/audit-entry.ts'
import { AUDIT } from '../core/topic.ts'
import type { RecordCodec } from '../log/codec.ts'
import type { LogRecord } from '../log/log.ts'

export async function auditRecord(records: RecordCodec, entry: AuditEntry): Promise<LogRecord> {
  return { topic: AUDIT, key: Buffer.from(entry.id), value: await records.pack('audit', entry) }
}
