// Amazon's DynamoDB Local, in memory. Its licence forbids to hand it on, so it is downloaded where it is needed.

import { dataFolder } from './data-folder.ts'
import { freePort } from './free-port.ts'
import { classArchive, classPath, javaJars } from './java.ts'
import { Server, started } from './server.ts'

const VERSION = '3.3.1'

// It asks for a release of the SDK that Maven Central holds only in part; this one is complete.
const POM = `<dependencyManagement><dependencies>
<dependency><groupId>software.amazon.awssdk</groupId><artifactId>bom</artifactId><version>2.54.15</version><type>pom</type><scope>import</scope></dependency>
</dependencies></dependencyManagement>
<dependencies>
<dependency><groupId>software.amazon.dynamodb</groupId><artifactId>DynamoDBLocal</artifactId><version>${VERSION}</version></dependency>
</dependencies>`

const MAIN = 'software.amazon.dynamodb.services.local.main.ServerRunner'

const ANSWER_MS_MAX = 2000

class DynamodbLocal extends Server {
  readonly url: string

  constructor(place: { readonly folder: string; readonly port: number; readonly command: readonly string[] }) {
    const url = `http://127.0.0.1:${place.port}`
    super({ name: 'DynamoDB Local', ...place, isReady: () => isAnswering(url) })
    this.url = url
  }
}

export async function openDynamodbLocal(): Promise<DynamodbLocal> {
  const jars = await javaJars({
    title: 'DynamoDB Local',
    name: `dynamodb-local-${VERSION}`,
    pom: POM,
    variable: 'MILLRACE_DYNAMODB_ENDPOINT',
  })
  const classes = await classArchive(jars, async (flag) => {
    await using server = await prepare(jars, flag)
    await server.start()
    await server.stop()
  })
  return started(await prepare(jars, classes))
}

async function prepare(jars: string, classes: string): Promise<DynamodbLocal> {
  const port = await freePort()
  const jvm = ['-Xms96m', '-Xmx1g', '-XX:+UseSerialGC', '-Xshare:auto', classes, `-Dsqlite4java.library.path=${jars}`]
  const flags = ['-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)]
  const command = ['java', ...jvm, '-cp', await classPath(jars), MAIN, ...flags]
  return new DynamodbLocal({ folder: dataFolder('dynamodb'), port, command })
}

async function isAnswering(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: '{}',
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    })
    return answer.ok
  } catch {
    return false
  }
}
