// Debian packages unpacked beside the system, with all the libraries they need, the C library too: nothing is installed,
// no privilege is needed, and a newer release's server runs on an older system.

import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './run.ts'

export interface DebianRequest {
  readonly packages: readonly string[]
  /** Null for the release of this machine. */
  readonly suite: string | null
}

// A server started by hand has no use for the scripts of its package.
const NEEDED =
  /^(?:lib|zlib|mysql-|mariadb-|redis|prometheus(?:-alertmanager)?$|chromium$|chromium-common$|fonts-dejavu)/u
const UNUSED = /^lib(?:perl|debconf|dbi|dbd|js-|module-|sort-|term-|text-|locale-)|-perl$/u

const TRIPLETS: Readonly<Record<string, string>> = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }
const LOADERS: Readonly<Record<string, string>> = { x64: 'ld-linux-x86-64.so.2', arm64: 'ld-linux-aarch64.so.1' }

export async function unpackDebian(request: DebianRequest, root: string): Promise<void> {
  const apt = join(root, 'apt')
  const env = { APT_CONFIG: join(apt, 'apt.conf') }
  await configure(apt, request.suite)
  await run(['apt-get', '-qq', 'update'], { env })
  const plan = await run(['apt-get', '-s', 'install', ...request.packages], { env })
  const names = [...plan.matchAll(/^Inst (\S+)/gmu)].map((match) => match[1] ?? '')
  const wanted = names.filter((name) => NEEDED.test(name) && !UNUSED.test(name))
  await run(['apt-get', '-qq', 'download', ...wanted], { cwd: apt, env })
  const archives = (await readdir(apt)).filter((name) => name.endsWith('.deb'))
  for (const archive of archives) await run(['dpkg-deb', '-x', join(apt, archive), root])
  await rm(apt, { recursive: true })
  for (const share of ['doc', 'man', 'locale'])
    await rm(join(root, 'usr/share', share), { recursive: true, force: true })
}

/** The command that runs a program of an unpacked root with that root's own loader and libraries. */
export function unpackedCommand(root: string, program: string): readonly string[] {
  const folders = libraryFolders(root)
  const loaders = [...folders, join(root, 'usr/lib64'), join(root, 'lib64'), join(root, 'usr/lib'), join(root, 'lib')]
  const loader = loaders.map((folder) => join(folder, LOADERS[process.arch] ?? '')).find((path) => existsSync(path))
  if (loader === undefined) throw new Error(`no loader in ${root}`)
  return [loader, '--library-path', folders.join(':'), join(root, program)]
}

export function libraryFolders(root: string): readonly string[] {
  return ['usr/lib', 'lib'].map((folder) => join(root, folder, TRIPLETS[process.arch] ?? ''))
}

/** An apt of its own: own lists, own cache, and an empty system, so that every dependency is counted as missing. */
async function configure(apt: string, suite: string | null): Promise<void> {
  for (const folder of ['none', 'lists/partial', 'cache/archives/partial'])
    await mkdir(join(apt, folder), { recursive: true })
  await writeFile(join(apt, 'status'), '')
  await writeFile(join(apt, 'sources.list'), await sources(suite))
  const settings = {
    'Dir::Etc::sourcelist': join(apt, 'sources.list'),
    'Dir::Etc::sourceparts': join(apt, 'none'),
    'Dir::Etc::preferencesparts': join(apt, 'none'),
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::State::status': join(apt, 'status'),
    'Dir::Cache': join(apt, 'cache'),
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`)
  await writeFile(join(apt, 'apt.conf'), lines.join(''))
}

async function sources(suite: string | null): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8')
  const isUbuntu = /^ID=ubuntu$/mu.test(release)
  if (suite !== null && isUbuntu) throw new Error(`Ubuntu has no suite ${suite}`)
  const codename = /^VERSION_CODENAME=(\S+)$/mu.exec(release)?.[1] ?? 'stable'
  const distribution = isUbuntu ? 'ubuntu' : 'debian'
  const keyring = `/usr/share/keyrings/${distribution}-archive-keyring.gpg`
  const components = isUbuntu ? 'main universe' : 'main'
  return `deb [signed-by=${keyring}] ${await mirror(distribution)} ${suite ?? codename} ${components}\n`
}

/** The mirror this machine uses. */
async function mirror(distribution: string): Promise<string> {
  const lists = [`/etc/apt/sources.list.d/${distribution}.sources`, '/etc/apt/sources.list']
  const text = (await Promise.all(lists.map((path) => readFile(path, 'utf8').catch(() => '')))).join('\n')
  const known = /^(?:URIs:|deb (?:\[[^\]]*\] )?)\s*(\S+)/mu.exec(text)?.[1]
  if (known !== undefined) return known
  return distribution === 'ubuntu' ? 'http://archive.ubuntu.com/ubuntu' : 'http://deb.debian.org/debian'
}
