// Makes `npm start` and `npm test` work from nothing but the checkout: runs `npm ci` when what is installed is not
// what the lockfile says. Plain JavaScript for whatever Node the machine has; the project's own Node comes with it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const root = new URL('..', import.meta.url)
const stamp = new URL('node_modules/.millrace-lock', root)
const lock = createHash('sha256')
  .update(readFileSync(new URL('package-lock.json', root)))
  .digest('hex')
const isReady =
  existsSync(stamp) && readFileSync(stamp, 'utf8') === lock && existsSync(new URL('node_modules/.bin/node', root))

if (!isReady) {
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (done.status !== 0) {
    console.error('millrace: `npm ci` failed; see the lines above. A reachable npm registry is all it needs.')
    process.exit(1)
  }
  writeFileSync(stamp, lock)
}
