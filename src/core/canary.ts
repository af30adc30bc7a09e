// The canary: a row of millrace's own that changes every few seconds and goes the whole way, so that lag is true also
// when nothing else moves. It is nobody's data: it is not counted, verified, replayed or set aside.

/** Its table in the source, and the one field of its item in the target. */
export const CANARY = 'millrace_canary'

/** The value of every attribute of its item's key. */
export const CANARY_KEY = 'MILLRACE#CANARY'

export function isOfCanary(topic: string): boolean {
  return topic.endsWith(`.${CANARY}`)
}
