// Brings what both sides may have changed in step: first what DynamoDB has that MySQL lacks, then the other way round.
// Each step is a verification that mends what differs, and nothing else.

import { VerifyBody, verifyOrder } from '../control/run-orders.ts'
import { counted } from '../core/counted.ts'
import type { ReadyConnector } from '../pipeline/ready-connector.ts'
import { type Call, EXIT, type ExitCode } from './command.ts'
import type { OpenDesk } from './open-desk.ts'
import { bodyOf } from './order-run.ts'
import { watchVerification } from './watch-verification.ts'

export interface Step {
  readonly does: 'pull' | 'push'
  readonly connector: string
}

export interface StepDone extends Step {
  readonly run: string
  readonly differing: number
  readonly mended: number
}

/** Pulling comes first: what is pushed is then what both sides agree on. */
export function stepsOf(connectors: readonly ReadyConnector[]): readonly Step[] {
  const plain = connectors.map(({ connector }) => connector)
  const pulls = plain.filter(({ source }) => source === 'dynamodb')
  const pushes = plain.filter(({ source, twin }) => source === 'mysql' && twin !== undefined)
  return [
    ...pulls.map(({ name: connector }) => ({ does: 'pull', connector }) as const),
    ...pushes.map(({ name: connector }) => ({ does: 'push', connector }) as const),
  ]
}

export interface Settling {
  readonly opened: Pick<OpenDesk, 'desk' | 'connectors' | 'log' | 'records'>
  readonly call: Call
}

/** In order; ends with the first that cannot be done. */
export async function settleSides(
  { opened, call }: Settling,
  steps: readonly Step[],
): Promise<{ readonly code: ExitCode; readonly done: readonly StepDone[] }> {
  const done: StepDone[] = []
  for (const step of steps) {
    const { desk, connectors } = opened
    const repair = !call.options.has('dry-run')
    const body = bodyOf(VerifyBody, { connector: step.connector, scope: {}, repair, limits: {} })
    const { order } = await desk.order({ ...verifyOrder(connectors, body), by: 'command line' })
    const { code, view } = await watchVerification({ opened, call, isSilent: true }, order.id)
    const { differing, mended } = view.found
    const stepDone = { ...step, run: order.id, differing, mended }
    done.push(stepDone)
    if (code !== EXIT.done || call.signal.aborted) return { code, done }
    if (!call.isJson) call.terminal.print(sentence(stepDone, repair))
  }
  return { code: EXIT.done, done }
}

function sentence({ does, connector, differing, mended }: StepDone, isReal: boolean): string {
  const what = does === 'pull' ? 'from DynamoDB into MySQL' : 'from MySQL into DynamoDB'
  if (!isReal) return `${connector}: would ${does} ${counted(differing, 'row')} ${what}\n`
  const rest =
    differing === 0
      ? ''
      : `; ${counted(differing, 'row')} still ${differing === 1 ? 'differs' : 'differ'}: see \`millrace verify --connector ${connector}\``
  return `${connector}: ${does}ed ${counted(mended, 'row')} ${what}${rest}\n`
}
