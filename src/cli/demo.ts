// `millrace demo`.

import type { Command } from './command.ts'
import type { System } from './system.ts'

export function demoCommand(system: System): Command {
  return {
    name: 'demo',
    about: 'Show it at work, on servers of its own, with made-up feedback.',
    options: { for: { value: 'SECONDS', about: 'end after that long; else Ctrl-C ends it' } },
    run: async (call) => {
      const { showDemo } = await import('./demo/show-demo.ts')
      return showDemo(system, call)
    },
  }
}
