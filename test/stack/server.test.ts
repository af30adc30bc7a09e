import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dataFolder } from '../../src/stack/data-folder.ts'
import { openDynoxide } from '../../src/stack/dynoxide.ts'
import { isAlive } from '../../src/stack/is-alive.ts'
import { Server, started } from '../../src/stack/server.ts'
import { Script } from '../support/script.ts'
import { until } from '../support/until.ts'

interface Left {
  readonly pid: number
  readonly logFile: string
}

const OPEN_TWO = `
  import { openDynoxide } from 'millrace:src/stack/dynoxide.ts'
  import { openMariadb } from 'millrace:src/stack/mariadb.ts'
  const servers = [await openMariadb(), await openDynoxide()]
  console.log(JSON.stringify(servers.map(({ pid, logFile }) => ({ pid, logFile }))))
`

test('nothing runs on after its parent was killed, and the next one sweeps what it left', async () => {
  using parent = new Script(`${OPEN_TWO}; setInterval(() => {}, 1000)`)
  const left: Left[] = JSON.parse(await parent.line())
  parent.kill()
  await until(async () => left.every(({ pid }) => !isAlive(pid)) || null, { what: 'the servers end', withinMs: 30_000 })
  await using _next = await openDynoxide()
  expect(left.map(({ logFile }) => existsSync(logFile))).toEqual([false, false])
})

test('a process that ends by itself takes its servers and their data with it', async () => {
  using parent = new Script(OPEN_TWO)
  const left: Left[] = JSON.parse(await parent.line())
  expect(await parent.ended()).toBe(0)
  await until(async () => left.every(({ pid }) => !isAlive(pid)) || null, { what: 'the servers end', withinMs: 30_000 })
  expect(left.map(({ logFile }) => existsSync(logFile))).toEqual([false, false])
})

test('a server that ends while it starts says why, and leaves nothing', async () => {
  const folder = dataFolder('broken')
  const command = [process.execPath, '-e', 'console.error("no such table space"); process.exit(1)']
  const server = new Server({ name: 'broken', folder, command, isReady: async () => false })
  await expect(started(server)).rejects.toMatchObject({
    code: 'STACK_FAILED',
    message: expect.stringContaining('no such table space'),
  })
  expect(existsSync(folder)).toBe(false)
})

test('a program that is not there is named', async () => {
  const server = new Server({
    name: 'absent',
    folder: dataFolder('absent'),
    command: ['/nowhere/absentd'],
    isReady: async () => false,
  })
  await expect(started(server)).rejects.toMatchObject({
    code: 'STACK_FAILED',
    message: expect.stringContaining('absentd'),
  })
})
