// Where the schemas of tables are kept: the log itself, or a registry.

import type { LogRecord } from '../log.ts'
import type { EnvelopeReader } from './envelope-reader.ts'
import type { SchemaName } from './header.ts'

export interface KeptSchema {
  /** Counts the subject's schemas, or the registry's id. */
  readonly number: number
  readonly schema: string
  /** What every record written with it begins with. */
  readonly header: Uint8Array
}

export interface Admission {
  readonly subject: string
  readonly schema: string
  /** A person, or the case itself, allows what the rules of compatibility do not. */
  readonly isForced: boolean
}

export interface Admitted {
  readonly kept: KeptSchema
  /** To be appended with the first record that needs the schema. */
  readonly records: readonly LogRecord[]
}

export interface SchemaStore {
  /** The subject's newest schema. */
  current(subject: string): Promise<KeptSchema | null>
  /** Makes a schema the subject's newest; the same text again changes nothing. */
  admit(admission: Admission): Promise<Admitted>
  /** Reads envelopes of `topic` whose header names this schema; null when nobody knows it. */
  reader(topic: string, name: SchemaName): Promise<EnvelopeReader | null>
}
