// Alertmanager's own tool: whether its configuration is one, and who is told of an alert, is asked of who will read it.

import { findProgram } from './program.ts'
import { run } from './run.ts'

/** Resolves with what it printed; rejects with it when it finds a fault. */
export async function amtool(args: readonly string[]): Promise<string> {
  const { command } = await findProgram({
    title: 'Alertmanager',
    program: 'amtool',
    path: 'usr/bin/amtool',
    packages: ['prometheus-alertmanager'],
    suite: null,
    remedy: 'install prometheus-alertmanager',
  })
  return run([...command, ...args])
}
