// The HTTP server with what a test gives it: silent, on a port that is free.

import { pino } from 'pino'
import { type ControlOptions, ControlServer } from '../../src/control/control-server.ts'
import { systemClock } from '../../src/pipeline/clock.ts'

export function controlServer(options: Partial<ControlOptions>): ControlServer {
  return new ControlServer({
    ...{ host: '127.0.0.1', port: 0, tokens: [], publicUrl: null, routes: [] },
    ...{ clock: systemClock, logger: pino({ level: 'silent' }), ...options },
  })
}
