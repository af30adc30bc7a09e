import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lock } from '../../src/stack/lock.ts'
import { store } from '../../src/stack/store.ts'
import { freshName } from '../support/fresh-name.ts'
import { Script } from '../support/script.ts'

test('what two processes want at the same moment is made by one of them', async () => {
  const name = freshName('test')
  const source = `
    import { writeFile } from 'node:fs/promises'
    import { store } from 'millrace:src/stack/store.ts'
    let isMaker = false
    const folder = await store('${name}', async (fresh) => {
      isMaker = true
      await writeFile(fresh + '/content', 'whole')
    })
    console.log(JSON.stringify({ folder, isMaker }))
  `
  using one = new Script(source)
  using other = new Script(source)
  const seen = [JSON.parse(await one.line()), JSON.parse(await other.line())]
  expect(seen[0].folder).toBe(seen[1].folder)
  expect(seen.map(({ isMaker }) => isMaker).sort()).toEqual([false, true])
  expect(await readFile(join(seen[0].folder, 'content'), 'utf8')).toBe('whole')
  await remove(seen[0].folder)
})

test('what could not be made whole is not there, and is made by the next who asks', async () => {
  const name = freshName('test')
  let half = ''
  const failing = store(name, async (folder) => {
    half = join(folder, 'half')
    await writeFile(half, '')
    throw new Error('the network went away')
  })
  await expect(failing).rejects.toThrow('the network went away')
  const folder = await store(name, (fresh) => writeFile(join(fresh, 'content'), 'whole'))
  expect(existsSync(join(folder, 'half'))).toBe(false)
  expect(await readFile(join(folder, 'content'), 'utf8')).toBe('whole')
  await remove(folder)
})

test('the lock of a killed process is free again', async () => {
  const folder = await store(freshName('test'), async () => {})
  const path = join(folder, 'held')
  using holder = new Script(`
    import { lock } from 'millrace:src/stack/lock.ts'
    globalThis.held = await lock('${path}')
    console.log('held')
    setInterval(() => {}, 1000)
  `)
  await holder.line()
  let isHeld = false
  const waiting = lock(path).then((held) => {
    isHeld = true
    return held
  })
  // Long enough for the lock to be asked for several times.
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(isHeld).toBe(false)
  holder.kill()
  ;(await waiting)[Symbol.dispose]()
  await remove(folder)
})

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true })
  await rm(`${folder}.lock`)
}
