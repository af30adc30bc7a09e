// millrace's own records as Avro, by the schemas released for them.

import avsc, { type Type } from 'avsc'
import { MillraceError } from '../../core/errors.ts'
import type { OwnRecords, RecordCodec } from '../codec.ts'
import { fingerprint } from './fingerprint.ts'
import { readHeader, registryHeader, singleObjectHeader } from './header.ts'
import { FORMS } from './record-forms.ts'
import type { Registry } from './registry.ts'
import { released } from './released.ts'

type Kind = keyof OwnRecords
type Resolver = ReturnType<Type['createResolver']>

interface Known {
  readonly type: Type
  readonly text: string
  readonly name: string
  readonly fingerprint: Buffer
}

export class AvroRecords implements RecordCodec {
  readonly #registry: Registry | null
  readonly #known = new Map<Kind, Known>()
  readonly #ids = new Map<Kind, Promise<Uint8Array>>()
  readonly #writers = new Map<number, Promise<Type>>()
  /** By the type of the writer: each schema is of one kind of record. */
  readonly #resolvers = new Map<Type, Resolver>()

  constructor(registry: Registry | null) {
    this.#registry = registry
  }

  async pack<K extends Kind>(kind: K, record: OwnRecords[K]): Promise<Uint8Array> {
    const known = this.#form(kind)
    const header = this.#registry === null ? singleObjectHeader(known.fingerprint) : await this.#registered(kind)
    return Buffer.concat([header, known.type.toBuffer(FORMS[kind].stored(record))])
  }

  async unpack<K extends Kind>(kind: K, bytes: Uint8Array): Promise<OwnRecords[K]> {
    const header = readHeader(bytes)
    if (header === null) throw unreadable(kind, 'it does not begin as Avro does')
    const known = this.#form(kind)
    const body = Buffer.from(bytes.subarray(header.length))
    const isOwn = 'fingerprint' in header.name && header.name.fingerprint === known.fingerprint.toString('hex')
    const writer = 'id' in header.name ? await this.#writer(header.name.id) : isOwn ? known.type : null
    if (writer === null) throw unreadable(kind, 'nobody knows its schema')
    try {
      return FORMS[kind].restored.parse({ ...known.type.fromBuffer(body, this.#resolver(known.type, writer)) })
    } catch (cause) {
      throw unreadable(kind, cause instanceof Error ? cause.message : String(cause))
    }
  }

  /** To make one takes longer than to read a record, and what was written by the same schema needs none. */
  #resolver(type: Type, writer: Type): Resolver | undefined {
    if (type === writer) return undefined
    const known = this.#resolvers.get(writer)
    if (known !== undefined) return known
    const resolver = type.createResolver(writer)
    this.#resolvers.set(writer, resolver)
    return resolver
  }

  #form(kind: Kind): Known {
    const known = this.#known.get(kind)
    if (known !== undefined) return known
    const text = released(FORMS[kind].schema)
    const type = avsc.Type.forSchema(JSON.parse(text))
    const form = { type, text, name: type.name ?? kind, fingerprint: fingerprint(text) }
    this.#known.set(kind, form)
    return form
  }

  /** Records of one kind lie in many topics, so the subject is the record's own name. */
  #registered(kind: Kind): Promise<Uint8Array> {
    return remember(this.#ids, kind, async () => {
      const { name, text } = this.#form(kind)
      const answer = await this.#registry?.register(name, text)
      if (answer !== undefined && 'id' in answer) return registryHeader(answer.id)
      throw new MillraceError('REGISTRY_REFUSED', `the registry refuses the schema of ${name}: ${answer?.refused}`)
    })
  }

  #writer(id: number): Promise<Type | null> {
    return remember(this.#writers, id, async () => {
      const text = await this.#registry?.schema(id)
      if (!text) throw unreadable('own', `nobody knows its schema ${id}`)
      return avsc.Type.forSchema(JSON.parse(text))
    })
  }
}

/** One question at a time for each key; a failed one may be asked again. */
function remember<Key, Value>(answers: Map<Key, Promise<Value>>, key: Key, ask: () => Promise<Value>): Promise<Value> {
  const known = answers.get(key)
  if (known !== undefined) return known
  const answer = ask().catch((error: unknown) => {
    answers.delete(key)
    throw error
  })
  answers.set(key, answer)
  return answer
}

function unreadable(kind: string, why: string): MillraceError {
  return new MillraceError('RECORD_UNREADABLE', `a ${kind} record cannot be read: ${why}`)
}
