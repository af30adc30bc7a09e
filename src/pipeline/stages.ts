// What a batch goes through on its way into the sink, in order.

export const STAGES = ['decode', 'lookup', 'map', 'apply', 'commit'] as const
export type Stage = (typeof STAGES)[number]
