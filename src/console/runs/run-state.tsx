// The state of a run.

import { Badge, type Tone } from '../part/badge.tsx'

const TONES: Readonly<Record<string, Tone>> = {
  done: 'good',
  failed: 'bad',
  paused: 'warn',
  queued: 'calm',
  running: 'busy',
}

export function RunState({ state }: { readonly state: string }) {
  return <Badge tone={TONES[state] ?? 'calm'}>{state}</Badge>
}

export function isActive(state: string): boolean {
  return state === 'running' || state === 'queued'
}
