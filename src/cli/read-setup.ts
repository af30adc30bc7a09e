// The connectors that a command works with, and its settings, theirs among them.

import { type Config, type Environment, readConfig } from '../config.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { VARIABLES } from '../variables.ts'
import { loadConnectors } from './load-connectors.ts'
import type { System } from './system.ts'

export interface Setup {
  readonly config: Config
  readonly connectors: readonly ReadyConnector[]
}

export async function readSetup(system: System, env: Environment): Promise<Setup> {
  const where = env[VARIABLES.connectors.name] ?? ''
  const connectors = await loadConnectors({ where, packaged: system.packagedConnectors, env })
  const declared = connectors.map(({ connector }) => connector)
  return { config: readConfig(env, declared), connectors }
}
