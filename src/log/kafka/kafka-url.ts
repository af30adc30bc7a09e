// Reads `kafka://user:password@host:9092,host:9092?ssl=true&sasl=scram-sha-256`. All faults are reported together, each
// by the name of the part it is in; none shows the password.

import { readFileSync } from 'node:fs'
import { MillraceError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import { COMPRESSIONS } from './compression.ts'
import { KAFKA_DEFAULTS, type KafkaSettings, SASL_MECHANISMS } from './kafka-settings.ts'

const PARAMETERS = ['ssl', 'ca', 'cert', 'key', 'sasl', 'replication', 'compression', 'client_id'] as const

/** How long topics keep changes is not a matter of where they are. */
type UrlSettings = Omit<KafkaSettings, 'retentionMs'>

export function parseKafkaUrl(url: string): UrlSettings {
  const faults: string[] = []
  const settings = readUrl(url, faults)
  if (faults.length === 0) return settings
  throw new MillraceError('KAFKA_URL_INVALID', `the Kafka URL is wrong: ${faults.join('; ')}`)
}

function readUrl(url: string, faults: string[]): UrlSettings {
  const parts = /^kafka:\/\/(?:(?<account>[^/?]*)@)?(?<hosts>[^/?]*)\/?(?:\?(?<query>.*))?$/s.exec(url)?.groups
  if (parts === undefined) faults.push('it has to begin with kafka:// and to end with its parameters')
  const given = new Map(new URLSearchParams(parts?.query ?? ''))
  const wanted = new Parameters(given, faults)
  const sasl = readSasl(parts?.account, wanted, faults)
  return {
    brokers: readBrokers(parts?.hosts ?? '', faults),
    tls: readTls(wanted, faults),
    sasl,
    clientId: wanted.text('client_id') ?? KAFKA_DEFAULTS.clientId,
    replication: wanted.count('replication'),
    compression: wanted.choice('compression', COMPRESSIONS) ?? KAFKA_DEFAULTS.compression,
  }
}

function readBrokers(hosts: string, faults: string[]): readonly string[] {
  const brokers = hosts.split(',').filter((host) => host !== '')
  if (brokers.length === 0) faults.push('it names no broker')
  for (const broker of brokers) {
    const port = Number(/^(?:\[[0-9a-f:]+\]|[^:[\]\s]+):(\d+)$/i.exec(broker)?.[1])
    if (!(port >= 1 && port <= 65_535)) faults.push(`broker "${broker}" is not host:port`)
  }
  return brokers
}

function readSasl(account: string | undefined, wanted: Parameters, faults: string[]): KafkaSettings['sasl'] {
  const mechanism = wanted.choice('sasl', SASL_MECHANISMS)
  if (account === undefined) {
    if (mechanism !== null) faults.push(`sasl=${mechanism} needs user:password@ before the brokers`)
    return null
  }
  const [username, password] = /^([^:]*):(.+)$/s.exec(account)?.slice(1).map(decode) ?? []
  if (username === undefined || password === undefined || username === '') {
    faults.push('before the @ it needs user:password, with / ? @ : % of either written as %2F %3F %40 %3A %25')
    return null
  }
  return { mechanism: mechanism ?? 'plain', username, password }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function readTls(wanted: Parameters, faults: string[]): KafkaSettings['tls'] {
  const isOn = wanted.choice('ssl', ['true', 'false']) === 'true'
  const [authority, certificate, key] = [wanted.file('ca'), wanted.file('cert'), wanted.file('key')]
  if (!isOn && (authority ?? certificate ?? key) !== null) faults.push('ca, cert and key need ssl=true')
  if ((certificate === null) !== (key === null)) faults.push('cert and key belong together')
  if (!isOn) return null
  return {
    ...(authority === null ? {} : { authority }),
    ...(certificate === null ? {} : { certificate }),
    ...(key === null ? {} : { key }),
  }
}

class Parameters {
  readonly #given: ReadonlyMap<string, string>
  readonly #faults: string[]

  constructor(given: ReadonlyMap<string, string>, faults: string[]) {
    this.#given = given
    this.#faults = faults
    for (const name of given.keys()) {
      if (PARAMETERS.some((known) => known === name)) continue
      const meant = nearest(name, PARAMETERS)
      faults.push(`${name} is not a parameter${meant === null ? '' : `; did you mean ${meant}?`}`)
    }
  }

  text(name: (typeof PARAMETERS)[number]): string | null {
    return this.#given.get(name) || null
  }

  choice<T extends string>(name: (typeof PARAMETERS)[number], choices: readonly T[]): T | null {
    const text = this.text(name)
    const found = choices.find((choice) => choice === text?.toLowerCase())
    if (text !== null && found === undefined) this.#faults.push(`${name}=${text} is none of ${choices.join(', ')}`)
    return found ?? null
  }

  count(name: (typeof PARAMETERS)[number]): number | null {
    const text = this.text(name)
    if (text === null) return null
    if (!/^[1-9]\d?$/.test(text)) this.#faults.push(`${name}=${text} is not a number from 1 to 99`)
    return Number(text)
  }

  file(name: (typeof PARAMETERS)[number]): string | null {
    const path = this.text(name)
    if (path === null) return null
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      this.#faults.push(`${name}=${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
      return null
    }
  }
}
