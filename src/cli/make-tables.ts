// Makes the tables that connectors bring along, where this process delivers for them.

import type { Logger } from '../observe/logger.ts'
import { systemClock } from '../pipeline/clock.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { migrateTables } from './migrate-tables.ts'
import type { Resources } from './resources.ts'
import type { ServiceRole } from './service-role.ts'

export interface MakeTablesOptions {
  readonly resources: Pick<Resources, 'migrate' | 'imports' | 'log' | 'codecs'>
  readonly connectors: readonly ReadyConnector[]
  readonly role: ServiceRole
  readonly logger: Logger
}

export async function makeTables({ resources, connectors, role, logger }: MakeTablesOptions): Promise<void> {
  const isNeeded = connectors.some(({ connector }) => connector.migrations !== undefined)
  if (!isNeeded || (role !== 'all' && role !== 'deliver')) return
  const made = await migrateTables({ resources, clock: systemClock }, { direction: 'up', by: 'start', isUnasked: true })
  if (made.length > 0) logger.info({ made }, 'made tables')
}
