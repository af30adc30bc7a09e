// Where installed software and data templates are kept between runs: in the checkout, or in the user's cache when
// millrace is an installed package. Each entry is made once, whole or not at all, by whoever comes first.

import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { lock } from './lock.ts'

/** The folder of that name; `fill` makes its content when it is not there yet. */
export async function store(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(storeFolder(), name)
  if (existsSync(folder)) return folder
  using _held = await lock(`${folder}.lock`)
  if (existsSync(folder)) return folder
  const partial = `${folder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  await fill(partial)
  await rename(partial, folder)
  return folder
}

function storeFolder(): string {
  const root = packageRoot(import.meta.dirname)
  if (!root.includes(`${sep}node_modules${sep}`)) return join(root, '.millrace', 'stack')
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'millrace')
}

function packageRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : packageRoot(dirname(folder))
}
