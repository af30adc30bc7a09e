// Makes the tables that connectors bring along, where this process delivers for them.

import type { Config } from '../config.ts'
import type { Logger } from '../observe/logger.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { ServiceRole } from './service-role.ts'
import type { System } from './system.ts'

export interface MakeTablesOptions {
  readonly system: System
  readonly config: Config
  readonly connectors: readonly ReadyConnector[]
  readonly role: ServiceRole
  readonly logger: Logger
}

export async function makeTables({ system, config, connectors, role, logger }: MakeTablesOptions): Promise<void> {
  const migrations = connectors.flatMap(({ connector }) => connector.migrations ?? [])
  if (migrations.length === 0 || (role !== 'all' && role !== 'deliver')) return
  const made = await system.migrate(config, { migrations, direction: 'up' })
  if (made.length > 0) logger.info({ made }, 'made tables')
}
