// The canary: a row of millrace's own that changes every few seconds and goes the whole way, so that lag is true also
// when nothing else moves. It is nobody's data: it is not counted, verified, replayed or set aside.

/** Its table in MySQL, the table that its changes are of, and the one attribute of its items. */
export const CANARY = 'millrace_canary'

/** How the values of its items' keys begin; of an item that goes from DynamoDB to MySQL the connector's name follows. */
export const CANARY_KEY = 'MILLRACE#CANARY'

export function canaryKeyOf(connector: string): string {
  return `${CANARY_KEY}#${connector}`
}

export function isOfCanary(topic: string): boolean {
  return topic.endsWith(`.${CANARY}`)
}
