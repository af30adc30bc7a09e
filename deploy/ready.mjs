// Makes `npm start` and `npm test` work from nothing but the checkout: runs `npm ci` when what is installed is not
// what the lockfile says, and builds the console's page when it is not of these sources. Plain JavaScript for whatever
// Node the machine has; the project's own Node comes with it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'

const root = new URL('..', import.meta.url)
const lock = digest([new URL('package-lock.json', root)])
const installed = new URL('node_modules/.millrace-lock', root)

if (!isStamped(installed, lock) || !existsSync(new URL('node_modules/.bin/node', root))) {
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (done.status !== 0) {
    console.error('millrace: `npm ci` failed; see the lines above. A reachable npm registry is all it needs.')
    process.exit(1)
  }
  writeFileSync(installed, lock)
}

const page = new URL('src/console/page/', root)
const built = new URL('.sources', page)
const sources = digest([...filesOf(new URL('src/console/', root)), new URL('deploy/console.mjs', root)]) + lock
if (!isStamped(built, sources)) {
  const { buildConsole, PAGE } = await import('./console.mjs')
  await buildConsole(PAGE)
  writeFileSync(built, sources)
}

function isStamped(stamp, content) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === content
}

function digest(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(file.pathname.slice(root.pathname.length)).update(readFileSync(file))
  return hash.digest('hex')
}

function filesOf(folder) {
  const names = readdirSync(folder).filter((name) => name !== 'page')
  return names.sort().flatMap((name) => {
    const found = new URL(name, folder)
    return statSync(found).isDirectory() ? filesOf(new URL(`${name}/`, folder)) : [found]
  })
}
