// The topics of changes that connectors follow.

import { connectorTopics } from '../core/topic.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'

/** `database` is the one of MySQL. */
export function changeTopics(connectors: readonly ReadyConnector[], database: string): readonly string[] {
  return [...new Set(connectors.flatMap(({ connector }) => connectorTopics(connector, database)))]
}
