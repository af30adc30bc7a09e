import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { loadConsolePage } from '../../src/control/console-page.ts'

const root = new URL('../..', import.meta.url).pathname
const run = promisify(execFile)

/** Within the checkout, where the packages that the code imports are found. */
async function buildFolder(): Promise<string> {
  await mkdir(join(root, '.millrace'), { recursive: true })
  const folder = await mkdtemp(join(root, '.millrace/build-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('what is published runs as JavaScript, with the connectors of the package', { timeout: 120_000 }, async () => {
  const folder = await buildFolder()
  await run(join(root, 'node_modules/.bin/tsc'), ['-p', 'deploy/tsconfig.json', '--outDir', folder], { cwd: root })
  const main = join(folder, 'src/main.js')
  const env = { PATH: process.env.PATH, HOME: folder, MILLRACE_CONNECTORS: '' }
  expect((await run(process.execPath, [main, '--version'], { env })).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  const doctor = await run(process.execPath, [main, 'doctor', '--json'], { env }).catch((error) => error)
  expect(doctor.code).toBe(3)
  expect(JSON.parse(doctor.stdout).findings).toContainEqual({ check: 'connectors', isOk: true, detail: 'feedback' })
})

test('the console is published with it, whatever folder it is named from', { timeout: 120_000 }, async () => {
  const folder = relative(root, await buildFolder())
  await run(process.execPath, ['deploy/console.mjs', join(folder, 'page')], { cwd: root })
  const page = await loadConsolePage(pathToFileURL(join(root, folder, 'page/')))
  const [, script = ''] = /src="\/(console\/main-\w+\.js)"/u.exec(String(page.get('index.html')?.plain)) ?? []
  expect([...(page.get(script)?.packed.keys() ?? [])]).toEqual(['br', 'gzip'])
})

test('the package holds what is built, the schemas and nothing of the tests', async () => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root })
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }]
  const folders = new Set(files.map(({ path }) => path.split('/')[0]))
  expect([...folders].filter((folder) => folder !== 'dist').sort()).toEqual([
    'LICENSE',
    'README.md',
    'package.json',
    'schemas',
  ])
})
