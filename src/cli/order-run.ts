// Orders a run for a command, and shows it until it ends.

import type { z } from 'zod'
import { viewOf } from '../control/run-view.ts'
import { MillraceError } from '../core/errors.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import type { Run } from '../pipeline/run-book.ts'
import type { OrderGiven, RunDesk } from '../pipeline/run-desk.ts'
import { type Call, EXIT, type ExitCode } from './command.ts'
import { watchRun } from './watch-run.ts'

export async function orderRun(desk: RunDesk, given: Omit<OrderGiven, 'by'>, call: Call): Promise<ExitCode> {
  return showRun(desk, await desk.order({ ...given, by: 'command line' }), call)
}

/** Until it ends; of one that is left to itself only which it is. */
export async function showRun(desk: RunDesk, run: Run, call: Call): Promise<ExitCode> {
  const { options, terminal, isJson } = call
  if (!options.has('detach')) return watchRun(desk, run.order.id, call)
  terminal.print(isJson ? `${JSON.stringify(viewOf(run))}\n` : `${run.order.id}\n`)
  return EXIT.done
}

/** What the options come to, or which of them is wrong. */
export function bodyOf<Body>(schema: z.ZodType<Body>, given: unknown): Body {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new MillraceError('COMMAND_INVALID', faults.join('; '))
}

/** It may be left out where there is but one. */
export function connectorNamed(connectors: readonly ReadyConnector[], options: ReadonlyMap<string, string>): string {
  const names = connectors.map(({ connector }) => connector.name)
  const name = options.get('connector') ?? (names.length === 1 ? names[0] : undefined)
  if (name !== undefined) return name
  throw new MillraceError('COMMAND_INVALID', `name the connector: --connector ${names.join(' or ')}`)
}
