// What every local Kafka starts from, made once: a formatted data folder with the SCRAM account in it, and a key that
// vouches for itself. Neither names a port, so that both fit every broker.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { KAFKA_ACCOUNT, KEYS_PASSWORD, kafkaSettings } from './kafka-settings.ts'
import { run } from './run.ts'
import { store } from './store.ts'

export interface KafkaTemplate {
  readonly data: string
  readonly keys: string
  /** The certificate, in PEM. */
  readonly authority: string
}

const NO_PORTS = { PLAINTEXT: 1, SASL_PLAINTEXT: 2, SASL_SSL: 3, SSL: 4, INTERNAL: 5, CONTROLLER: 6 }
const CLUSTER_ID = 'bWlsbHJhY2UtbG9jYWwtMQ'

export async function kafkaTemplate(version: string, path: string): Promise<KafkaTemplate> {
  const folder = await store(`kafka-${version}-template`, async (fresh) => {
    await makeKeys(fresh)
    await format(fresh, path)
  })
  return { data: join(folder, 'data'), keys: keysIn(folder), authority: authorityIn(folder) }
}

async function makeKeys(folder: string): Promise<void> {
  const common = ['-alias', 'broker', '-keystore', keysIn(folder), '-storepass', KEYS_PASSWORD]
  const names = ['-dname', 'CN=localhost', '-ext', 'SAN=ip:127.0.0.1,dns:localhost', '-ext', 'BC=ca:true']
  const key = ['-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', '-storetype', 'PKCS12']
  await run(['keytool', ...key, ...common, ...names, '-startdate', '-1d', '-validity', '3650'])
  await run(['keytool', '-exportcert', '-rfc', ...common, '-file', authorityIn(folder)])
}

async function format(folder: string, path: string): Promise<void> {
  const settings = join(folder, 'format.properties')
  await writeFile(settings, kafkaSettings({ folder, ports: NO_PORTS, keys: keysIn(folder) }, {}))
  const scram = `SCRAM-SHA-256=[name=${KAFKA_ACCOUNT.username},password=${KAFKA_ACCOUNT.password}]`
  const tool = ['java', '-XX:TieredStopAtLevel=1', '-cp', path, 'kafka.tools.StorageTool']
  await run([...tool, 'format', '-t', CLUSTER_ID, '-c', settings, '--add-scram', scram])
}

function keysIn(folder: string): string {
  return join(folder, 'broker.p12')
}

function authorityIn(folder: string): string {
  return join(folder, 'broker.pem')
}
