// A local Redis that keeps nothing on disk: what millrace puts there is a cache.

import { dataFolder } from './data-folder.ts'
import { freePort } from './free-port.ts'
import { findProgram } from './program.ts'
import { Server, started } from './server.ts'

class Redis extends Server {
  readonly url: string

  constructor(program: readonly string[], port: number) {
    const folder = dataFolder('redis')
    super({
      name: 'redis',
      folder,
      command: [...program, '--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder],
      isReady: async (printed) => (await printed()).includes('Ready to accept connections'),
    })
    this.url = `redis://127.0.0.1:${port}`
  }
}

export async function openRedis(): Promise<Redis> {
  const { command } = await findProgram({
    title: 'Redis',
    program: 'redis-server',
    path: 'usr/bin/redis-server',
    packages: ['redis-server'],
    suite: null,
    remedy: 'install redis-server, or set MILLRACE_REDIS_URL to one that runs',
  })
  return started(new Redis(command, await freePort()))
}
