// Answers the test files of a run that ask for a shared server. Test files run in processes of their own; this one
// outlives them all.

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { ServerPool } from './server-pool.ts'
import type { ServerName } from './shared-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly sharedServers: string
  }
}

const NOTICE_MS = 15_000

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const servers = new ServerPool()
  const desk = openDesk(servers)
  await once(desk, 'listening')
  if (await isWholeSuite(project)) await fetchSoftware(servers)
  project.provide('sharedServers', `http://127.0.0.1:${(desk.address() as AddressInfo).port}`)
  return async () => {
    desk.closeAllConnections()
    desk.close()
    await servers[Symbol.asyncDispose]()
  }
}

async function isWholeSuite(project: TestProject): Promise<boolean> {
  const { testFiles } = await project.globTestFiles()
  return project.vitest.state.getPaths().length === testFiles.length
}

/**
 * On a fresh machine the servers have to be downloaded, which may take longer than a test may; so that is done before
 * the first test. Who asks for one that cannot be had is told why.
 */
async function fetchSoftware(servers: ServerPool): Promise<void> {
  const notice = setTimeout(() => console.log('Fetching the servers that the tests need, once ...'), NOTICE_MS)
  await servers.openAll()
  clearTimeout(notice)
}

/** `GET /mysql` opens MySQL when nobody asked before, and says how to reach it. */
function openDesk(servers: ServerPool): Server {
  const desk = createServer((request, response) => {
    servers.get((request.url ?? '').slice(1) as ServerName).then(
      (server) => response.end(JSON.stringify(server)),
      (error) => response.writeHead(500).end(String(error?.stack ?? error)),
    )
  })
  return desk.listen(0, '127.0.0.1')
}
