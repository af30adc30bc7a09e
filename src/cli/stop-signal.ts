// SIGTERM or SIGINT as an AbortSignal: the first asks for an orderly end, the second ends the process at once.

import { constants } from 'node:os'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

export function stopSignal(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  const stop = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(128 + constants.signals[name])
    controller.abort()
  }
  for (const name of SIGNALS) process.on(name, stop)
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of SIGNALS) process.off(name, stop)
    },
  }
}
