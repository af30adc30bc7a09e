// A local Kafka of one node (KRaft), with plaintext, TLS and SASL listeners and a certificate of its own.

import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dataFolder } from './data-folder.ts'
import { freePort } from './free-port.ts'
import { classArchive, classPath, javaJars } from './java.ts'
import { KAFKA_ACCOUNT, type KafkaListener, type KafkaPlace, kafkaSettings } from './kafka-settings.ts'
import { kafkaTemplate } from './kafka-template.ts'
import { Server, started } from './server.ts'

export interface KafkaOptions {
  /** Lines of the broker's settings file that are to differ. */
  readonly settings?: Readonly<Record<string, string>>
  /** Options of the Java machine after ours, e.g. `-Xmx1g`; ours are small and quick to start. */
  readonly java?: readonly string[]
  /** Of a proxy in front of the plaintext listener: clients are told to connect there. */
  readonly advertisedPort?: number
}

const VERSION = '4.3.1'

const POM = `<dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version></dependency>
<!-- Without a binding for its log calls the broker prints nothing. -->
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.4</version></dependency>
</dependencies>`

const PRINT = `status = warn
appender.out.type = Console
appender.out.name = OUT
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = OUT
logger.server.name = kafka.server
logger.server.level = info
`

const JVM = ['-Xms96m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']

export class Kafka extends Server {
  /** What MILLRACE_LOG takes. */
  readonly url: string
  /** For the listeners with SASL: SCRAM-SHA-256 or PLAIN. */
  readonly account = KAFKA_ACCOUNT
  /** What a client of the listeners with TLS is to trust, in PEM. */
  readonly authority: string
  readonly #ports: KafkaPlace['ports']

  constructor(place: KafkaPlace & { readonly authority: string; readonly command: readonly string[] }) {
    super({
      name: 'kafka',
      folder: place.folder,
      command: place.command,
      isReady: async (printed) => (await printed()).includes('Kafka Server started'),
    })
    this.#ports = place.ports
    this.authority = place.authority
    this.url = `kafka://127.0.0.1:${place.advertisedPort ?? place.ports.PLAINTEXT}`
  }

  /** A listener's own address, `host:port`. */
  listener(name: KafkaListener): string {
    return `127.0.0.1:${this.#ports[name]}`
  }

  get port(): number {
    return this.#ports.PLAINTEXT
  }
}

export async function openKafka(options: KafkaOptions = {}): Promise<Kafka> {
  const jars = await javaJars({ title: 'Kafka', name: `kafka-${VERSION}`, pom: POM, variable: 'MILLRACE_LOG' })
  const classes = await classArchive(jars, async (flag) => {
    await using server = await prepare(jars, { java: [flag] })
    await server.start()
    await server.stop()
  })
  return started(await prepare(jars, { ...options, java: [classes, ...(options.java ?? [])] }))
}

async function prepare(jars: string, options: KafkaOptions): Promise<Kafka> {
  const path = await classPath(jars)
  const { data, keys, authority } = await kafkaTemplate(VERSION, path)
  const place = { folder: dataFolder('kafka'), ports: await freePorts(), keys, advertisedPort: options.advertisedPort }
  const settings = join(place.folder, 'server.properties')
  const print = join(place.folder, 'print.properties')
  await cp(data, join(place.folder, 'data'), { recursive: true })
  await writeFile(settings, kafkaSettings(place, options.settings ?? {}))
  await writeFile(print, PRINT)
  const jvm = [...JVM, `-Dlog4j2.configurationFile=${print}`, ...(options.java ?? [])]
  const command = ['java', ...jvm, '-cp', path, 'kafka.Kafka', settings]
  return new Kafka({ ...place, command, authority: await readFile(authority, 'utf8') })
}

async function freePorts(): Promise<KafkaPlace['ports']> {
  return {
    PLAINTEXT: await freePort(),
    SASL_PLAINTEXT: await freePort(),
    SASL_SSL: await freePort(),
    SSL: await freePort(),
    INTERNAL: await freePort(),
    CONTROLLER: await freePort(),
  }
}
