// What would stop the parts anyway is said at once, all of it, before anything has moved.

import { MillraceError } from '../core/errors.ts'
import type { Finding } from '../core/finding.ts'
import type { Logger } from '../observe/logger.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { checkColumns } from './check-columns.ts'
import type { Resources } from './resources.ts'
import type { ServiceRole } from './service-role.ts'
import { sourceTables } from './source-tables.ts'

export interface Unfit {
  readonly role: ServiceRole
  readonly connectors: readonly ReadyConnector[]
  readonly resources: Resources
  readonly logger: Logger
}

export async function refuseUnfit({ role, connectors, resources, logger }: Unfit): Promise<void> {
  const { sources, sinks } = resources
  const checks = [...sinks.values()].map((sink) => examine('target', sink.check(), logger))
  if (role !== 'control') {
    for (const [side, source] of sources) {
      checks.push(examine('source', source.check(sourceTables(connectors, side)), logger))
    }
    checks.push(examine('source', checkColumns(sources.mysql, connectors), logger))
  }
  const wrong = (await Promise.all(checks)).flat().filter((finding) => !finding.isOk)
  for (const finding of wrong) if (finding.isBearable) logger.warn({ finding }, 'goes on all the same')
  const bad = wrong.filter((finding) => !finding.isBearable)
  if (bad.length === 0) return
  const count = bad.length === 1 ? 'one thing needs' : `${bad.length} things need`
  const lines = bad.map(({ check, detail, fix }) => `${check}: ${detail}${fix === undefined ? '' : `\n    -> ${fix}`}`)
  throw new MillraceError('START_REFUSED', [`${count} a person first:`, ...lines].join('\n  '))
}

/** A server that does not answer yet is no reason to give up: the parts wait for it. */
async function examine(
  check: string,
  findings: Promise<readonly Finding[]>,
  logger: Logger,
): Promise<readonly Finding[]> {
  try {
    return await findings
  } catch (error) {
    if (!(error instanceof MillraceError) || error.fate === 'crash') throw error
    if (error.fate === 'stop') {
      return [{ check, isOk: false, detail: `${error.code}: ${error.message}`, fix: error.hint }]
    }
    logger.warn({ err: error }, 'not checked')
    return []
  }
}
