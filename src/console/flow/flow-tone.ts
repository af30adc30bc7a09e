// The colour of a state.

import type { FlowState } from '../../control/flow-view.ts'
import type { Tone } from '../part/badge.tsx'

const TONES: Readonly<Record<FlowState, Tone>> = {
  running: 'good',
  starting: 'busy',
  retrying: 'warn',
  stopped: 'bad',
  standby: 'calm',
  elsewhere: 'calm',
}

export function toneOf(state: FlowState): Tone {
  return TONES[state]
}
