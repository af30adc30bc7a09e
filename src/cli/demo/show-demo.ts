// The demo: everything at work, on servers of its own, with made-up feedback.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Environment } from '../../config.ts'
import { MillraceError } from '../../core/errors.ts'
import { type DemoServers, openDemoServers } from '../../stack/demo-servers.ts'
import { type Call, EXIT, type ExitCode } from '../command.ts'
import type { System } from '../system.ts'
import { DemoRun } from './demo-run.ts'
import { type Presenter, presenter } from './presenter.ts'
import { Scenery } from './scenery.ts'

const FRAME_MS = 250

export async function showDemo(system: System, { env, options, terminal, isJson, signal }: Call): Promise<ExitCode> {
  const forMs = durationMs(options.get('for'))
  using show = presenter(terminal, isJson)
  show.say('starting its servers; the first time they may have to be fetched')
  await using servers = await openDemoServers({
    mysqlUrl: env.MILLRACE_MYSQL_URL || undefined,
    dynamodbEndpoint: env.MILLRACE_DYNAMODB_ENDPOINT || undefined,
  })
  await using folder = await scratchFolder()
  const onArrived = (followed: Parameters<Presenter['arrived']>[0]) => show.arrived(followed)
  const demoEnv = environment(env, servers, folder.path)
  await using run = new DemoRun({ system, env: demoEnv, siteUrl: servers.siteUrl, onArrived })
  await run.open()
  show.say(`its console is at ${run.address}`)
  const ends = forMs === null ? signal : AbortSignal.any([signal, AbortSignal.timeout(forMs)])
  await Promise.race([Promise.all([run.play(ends), draw(run, show, ends)]), run.failure])
  const summary = await run.summary()
  show.end(summary)
  return summary.inMysql === summary.inDynamodb ? EXIT.done : EXIT.failed
}

async function draw(run: DemoRun, show: Presenter, signal: AbortSignal): Promise<void> {
  const { tally, metrics, address, places } = run
  const scenery = new Scenery({ tally, metrics, address, places })
  while (!signal.aborted) {
    show.tick(await scenery.scene())
    await delay(FRAME_MS, undefined, { signal }).catch(() => undefined)
  }
}

/** What the user has set wins, but for the servers, which are settled by now. */
function environment(env: Environment, { mysqlUrl, dynamodbEndpoint }: DemoServers, folder: string): Environment {
  return {
    AWS_REGION: 'eu-central-1',
    MILLRACE_LOG: `file:${join(folder, 'millrace.db')}`,
    MILLRACE_HTTP_PORT: '0',
    MILLRACE_LOG_LEVEL: 'silent',
    ...env,
    MILLRACE_MYSQL_URL: mysqlUrl,
    MILLRACE_DYNAMODB_ENDPOINT: dynamodbEndpoint,
  }
}

async function scratchFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'millrace-demo-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

function durationMs(seconds: string | undefined): number | null {
  if (seconds === undefined) return null
  const ms = Number(seconds) * 1000
  if (ms > 0 && ms < 2 ** 31) return ms
  throw new MillraceError('COMMAND_INVALID', `--for is a number of seconds, not "${seconds}"`)
}
