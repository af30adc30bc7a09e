import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConnectors } from '../../src/cli/load-connectors.ts'
import { MillraceError } from '../../src/core/errors.ts'

const packaged = new URL('../../connectors/', import.meta.url)

function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'millrace-connectors-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return path
}

const sound = (name: string) => `export default {
  name: '${name}', source: 'mysql', sink: 'dynamodb',
  targets: () => ({ items: { key: ['pk'], owns: ['${name}'] } }),
  tables: { t: { columns: ['a'], map: () => [] } },
}`

async function faults(where: string): Promise<string> {
  try {
    await loadConnectors({ where, packaged, env: {} })
  } catch (error) {
    if (error instanceof MillraceError && error.code === 'CONNECTOR_INVALID') return error.message
    throw error
  }
  return ''
}

const names = async (where: string) => {
  const ready = await loadConnectors({ where, packaged, env: {} })
  return ready.map(({ connector }) => connector.name)
}

test('without a setting the connectors of the package are loaded', async () => {
  expect(await names('')).toContain('feedback')
})

test('a directory gives all of its TypeScript and JavaScript files, and nothing else', async () => {
  const where = folder({ 'a.ts': sound('a'), 'b.js': sound('b'), 'c.d.ts': 'nonsense', 'notes.md': '#' })
  expect(await names(where)).toEqual(['a', 'b'])
})

test('files and directories may be named together', async () => {
  const one = folder({ 'a.ts': sound('a'), 'b.ts': sound('b') })
  const other = folder({ 'c.ts': sound('c') })
  expect(await names(`${other}, ${join(one, 'b.ts')}`)).toEqual(['c', 'b'])
})

test('all faults of all files are reported together', async () => {
  const where = folder({
    'broken.ts': 'export default {',
    'empty.ts': 'export const a = 1',
    'throws.ts': `throw new Error('no luck')`,
    'wrong.ts': sound('Wrong Name'),
    'sound.ts': sound('sound'),
  })
  const text = await faults(`${where},/nowhere/connectors`)
  expect(text).toContain('broken.ts: it cannot be loaded')
  expect(text).toContain('empty.ts: it has no default export; write `export default defineConnector({ ... })`')
  expect(text).toContain('throws.ts: it cannot be loaded: no luck')
  expect(text).toContain('wrong.ts: name: must be small letters')
  expect(text).toContain('/nowhere/connectors: there is no such file or directory')
  expect(text).not.toContain('sound.ts')
})

test('a directory without connectors is a fault', async () => {
  const where = folder({})
  expect(await faults(where)).toContain(`${where}: no connector`)
})
