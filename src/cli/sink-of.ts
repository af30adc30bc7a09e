// The sink that a connector writes to.

import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { SinkAsked } from './system.ts'

export function sinkOf({ connector, targets }: ReadyConnector): SinkAsked {
  return { side: connector.sink, isImport: connector.source === 'import', targets }
}
