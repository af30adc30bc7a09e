// Runs the service from its settings until it is asked to end, and ends within five seconds from then.

import { createLogger } from '../observe/logger.ts'
import { createMetrics, describeProcess } from '../observe/metrics.ts'
import { type Call, EXIT, type ExitCode } from './command.ts'
import { makeTables } from './make-tables.ts'
import { readSetup } from './read-setup.ts'
import { refuseUnfit } from './refuse-unfit.ts'
import { openResources } from './resources.ts'
import type { ServiceRole } from './service-role.ts'
import type { System } from './system.ts'

/** What is in hand is finished within it; what then still hangs is left, and repeated after the next start. */
const STOP_MS_MAX = 3_500
/** A server that hangs may not answer a good-bye either; nothing depends on it. */
const CLOSE_MS_MAX = 1_000

export async function runService(system: System, { env, options, signal }: Call): Promise<ExitCode> {
  const { config, connectors } = await readSetup(system, env)
  const role = (options.get('role') ?? 'all') as ServiceRole
  const logger = createLogger({ level: config.logLevel, secrets: config.secrets })
  const metrics = createMetrics()
  describeProcess(metrics, system.version)
  const stopped = Promise.withResolvers<ExitCode>()
  void aborted(signal).then(() => {
    logger.info('stopping')
    setTimeout(() => stopped.resolve(EXIT.failed), STOP_MS_MAX)
  })
  const run = async (): Promise<ExitCode> => {
    await using resources = await openResources({ system, config, connectors, role, metrics })
    await makeTables({ resources, connectors, role, logger })
    const fitness = Promise.race([refuseUnfit({ role, connectors, resources, logger }), aborted(signal)])
    // It is waited for below; until then it must not count as unhandled.
    fitness.catch(() => undefined)
    // Loaded while the servers answer: it brings the HTTP server with it.
    const { Service } = await import('./service.ts')
    const { loadConsolePage } = await import('../control/console-page.ts')
    const page = await loadConsolePage(system.consolePage)
    const service = new Service({
      ...{ version: system.version, config, connectors, role, resources, page },
      logger,
      metrics,
      skipsGap: options.has('skip-gap'),
    })
    await using control = service.control
    const address = await control.listen()
    logger.info({ version: system.version, role, address, sources: [...resources.sources.names.values()] }, 'started')
    await fitness
    await service.run(signal)
    setTimeout(() => stopped.resolve(EXIT.done), CLOSE_MS_MAX)
    return EXIT.done
  }
  const code = await Promise.race([run(), stopped.promise])
  if (code === EXIT.done) logger.info('stopped')
  else logger.warn('gave up waiting for what was in hand')
  return code
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
