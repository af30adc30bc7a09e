// The built page of the console, read once: its files by the paths they are asked for at, packed where the build packed them.

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface PageFile {
  readonly type: string
  readonly etag: string
  readonly plain: Buffer
  /** By the name that a client accepts it by, the smallest first. */
  readonly packed: ReadonlyMap<string, Buffer>
}

/** By path, without the slash in front. */
export type ConsolePage = ReadonlyMap<string, PageFile>

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}
const PACKED = { br: '.br', gzip: '.gz' }

/** Empty where nothing was built. */
export async function loadConsolePage(folder: URL): Promise<ConsolePage> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(noFolder)
  const root = fileURLToPath(folder)
  const paths = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => `${parentPath}/${name}`)
  const bodies = new Map<string, Buffer>()
  for (const path of paths) bodies.set(path.slice(root.length).replace(/^\//u, ''), await readFile(path))
  const page = new Map<string, PageFile>()
  for (const [path, plain] of bodies) {
    const type = TYPES[extname(path)]
    if (type === undefined) continue
    const packed = new Map<string, Buffer>()
    for (const [name, ending] of Object.entries(PACKED)) {
      const body = bodies.get(path + ending)
      if (body !== undefined) packed.set(name, body)
    }
    page.set(path, { type, plain, packed, etag: `W/"${createHash('sha256').update(plain).digest('base64url')}"` })
  }
  return page
}

function noFolder(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return []
  throw error
}
