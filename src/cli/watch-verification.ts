// Waits until a verification is over, and reads what it found.

import { type VerificationView, verificationView } from '../control/verify-view.ts'
import { differencesOf } from '../pipeline/differences.ts'
import type { Call, ExitCode } from './command.ts'
import type { OpenDesk } from './open-desk.ts'
import { watchRun } from './watch-run.ts'

export interface Watching {
  readonly opened: Pick<OpenDesk, 'desk' | 'log' | 'records'>
  readonly call: Call
  /** Its progress is not shown. */
  readonly isSilent: boolean
}

export async function watchVerification(
  { opened, call, isSilent }: Watching,
  id: string,
): Promise<{ readonly code: ExitCode; readonly view: VerificationView }> {
  const terminal = isSilent ? { ...call.terminal, print: () => undefined } : call.terminal
  const code = await watchRun(opened.desk, id, { ...call, isJson: false, terminal })
  return { code, view: verificationView(await opened.desk.find(id), await differencesOf(opened, id)) }
}
