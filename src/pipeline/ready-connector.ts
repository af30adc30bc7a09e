// A connector that was found to be in order, with its settings filled in.

import type { Connector, Settings } from '../core/connector.ts'
import type { Targets } from './fields-owned.ts'

export interface ReadyConnector {
  readonly connector: Connector
  readonly settings: Settings
  readonly targets: Targets
}
