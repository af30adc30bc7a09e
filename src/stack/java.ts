// Java servers of the local stack: their jars come from Maven Central, once, and an archive of their loaded classes
// makes every later start short.

import { readdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { MillraceError } from '../core/errors.ts'
import { lock } from './lock.ts'
import { onPath } from './program.ts'
import { run } from './run.ts'
import { store } from './store.ts'

export interface JavaSpec {
  /** As in a sentence, e.g. `Kafka`. */
  readonly title: string
  /** Names the cached jars; has the version in it. */
  readonly name: string
  /** The dependencies, as in a pom.xml. */
  readonly pom: string
  /** The variable that makes the server needless. */
  readonly variable: string
}

const RELEASE_MIN = 17

/** The folder with all jars of a server. Throws STACK_MISSING on a machine without Java or Maven. */
export async function javaJars(spec: JavaSpec): Promise<string> {
  const release = await javaRelease()
  if (release < RELEASE_MIN) throw missing(spec, `Java ${RELEASE_MIN}`)
  return store(spec.name, async (folder) => {
    if (onPath('mvn') === null) throw missing(spec, 'Maven')
    try {
      await download(spec, folder)
    } catch (cause) {
      throw missing(spec, 'a reachable Maven Central', cause)
    }
  })
}

async function download(spec: JavaSpec, folder: string): Promise<void> {
  // Maven's own repository is not made for two at once.
  using _held = await lock(join(dirname(folder), 'maven.lock'))
  const pom = join(folder, 'pom.xml')
  await writeFile(
    pom,
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>millrace.stack</groupId><artifactId>${spec.name}</artifactId><version>1</version><packaging>pom</packaging>
${spec.pom}
</project>\n`,
  )
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`]
  await run(['mvn', '-q', '-B', '-Dstyle.color=never', '-f', pom, ...goal])
  await rm(pom)
}

export async function classPath(folder: string): Promise<string> {
  const jars = (await readdir(folder)).filter((name) => name.endsWith('.jar')).sort()
  return jars.map((name) => join(folder, name)).join(':')
}

/**
 * The option that lets a server start from an archive of its loaded classes. `runOnce` is called when there is none
 * yet: it runs the server with the option it is given, from start to an orderly stop.
 */
export async function classArchive(jars: string, runOnce: (option: string) => Promise<void>): Promise<string> {
  const name = `${basename(jars)}-classes-java-${await javaRelease()}`
  const folder = await store(name, (fresh) => runOnce(`-XX:ArchiveClassesAtExit=${join(fresh, 'classes.jsa')}`))
  return `-XX:SharedArchiveFile=${join(folder, 'classes.jsa')}`
}

/** Major number of the Java on this machine, 0 without one. */
async function javaRelease(): Promise<number> {
  try {
    return Number(/\d+/u.exec(await run(['java', '--version']))?.[0])
  } catch {
    return 0
  }
}

function missing(spec: JavaSpec, what: string, cause?: unknown): MillraceError {
  const why = cause instanceof Error ? ` (${cause.message.split('\n')[0]})` : ''
  const message = `${spec.title} needs ${what}${why}: install openjdk-17-jre-headless and maven, or set ${spec.variable}.`
  return new MillraceError('STACK_MISSING', message, { cause })
}
