// `millrace start`.

import { VARIABLES } from '../variables.ts'
import type { Command } from './command.ts'
import type { System } from './system.ts'

export function startCommand(system: System, demo: Command): Command {
  return {
    name: 'start',
    about: 'Move changes until SIGTERM or Ctrl-C.',
    options: {
      role: {
        value: 'ROLE',
        choices: ['all', 'capture', 'deliver', 'control'],
        about: 'run all of it (the default), or one part of it',
      },
      'skip-gap': {
        about: 'give up changes that the source cannot send any more: record the gap, capture on from now',
      },
      'or-demo': { about: 'show the demo when no MILLRACE_MYSQL_URL is set' },
    },
    run: async (call) => {
      const isDemo = call.options.has('or-demo') && !call.env[VARIABLES.mysqlUrl.name]
      if (isDemo) return demo.run({ ...call, options: new Map() })
      const { runService } = await import('./run-service.ts')
      return runService(system, call)
    },
  }
}
