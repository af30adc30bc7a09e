// Debian's Chromium, for looking at the console as people do. It starts itself again by its own name, so that it runs by the
// system's loader, with the libraries that came with it.

import { join } from 'node:path'
import { libraryFolders, unpackDebian } from './debian.ts'
import { onPath } from './program.ts'
import { store } from './store.ts'

export interface Chromium {
  readonly executablePath: string
  readonly env: Readonly<Record<string, string>>
}

/** Else it looks for Google's hosts, and waits for them. */
export const CHROMIUM_FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

export async function findChromium(): Promise<Chromium> {
  const installed = onPath('chromium')
  if (installed !== null) return { executablePath: installed, env: {} }
  const request = { packages: ['chromium', 'fonts-dejavu-core'], suite: null }
  const root = await store('chromium-system', (folder) => unpackDebian(request, folder))
  // Its own, besides those of the others.
  const folders = libraryFolders(root).flatMap((folder) => [folder, join(folder, 'pulseaudio')])
  return { executablePath: join(root, 'usr/lib/chromium/chromium'), env: { LD_LIBRARY_PATH: folders.join(':') } }
}
