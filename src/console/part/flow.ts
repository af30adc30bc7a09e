// How everything flows, followed for all pages while somebody looks at one: the picture, the badges, what is wrong.

import { computed, effect, signal } from '@preact/signals'
import type { FlowView } from '../../control/flow-view.ts'
import { ApiError } from './api-error.ts'
import { heard, missed, returns } from './connection.ts'

/** Rates of the last minute, for their small curves. */
const KEPT_MAX = 60

export const flow = signal<FlowView | null>(null)
export const connectorNames = computed(() => flow.value?.flows.map(({ connector }) => connector) ?? [])
export const flowFault = signal<ApiError | null>(null)
/** By connector, the newest last. */
export const rates = signal<ReadonlyMap<string, readonly number[]>>(new Map())

/** Answers how to end it. */
export function followFlow(): () => void {
  const isHidden = signal(document.hidden)
  const look = () => {
    isHidden.value = document.hidden
  }
  document.addEventListener('visibilitychange', look)
  const stop = effect(() => {
    // Whenever the server is back, it is followed anew.
    returns.value
    if (isHidden.value) return
    const events = new EventSource('/api/flow/events')
    events.addEventListener('flow', ({ data }: MessageEvent<string>) => take(JSON.parse(data) as FlowView))
    events.addEventListener('error', (event) => {
      if (event instanceof MessageEvent) fail(event.data as string)
      else missed()
    })
    return () => events.close()
  })
  return () => {
    stop()
    document.removeEventListener('visibilitychange', look)
  }
}

function take(view: FlowView): void {
  heard()
  flow.value = view
  flowFault.value = null
  rates.value = new Map(
    view.flows.map(({ connector, records_per_second: now }) => {
      const before = rates.peek().get(connector) ?? []
      return [connector, [...before, now ?? 0].slice(-KEPT_MAX)]
    }),
  )
}

function fail(data: string): void {
  const { error } = JSON.parse(data) as { error: { code: string; message: string; hint: string } }
  flowFault.value = new ApiError(500, error)
}
