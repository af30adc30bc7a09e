// `millrace doctor`: prints what has to be true before changes can flow, and for each thing that is not how to mend it.

import type { Finding } from '../core/finding.ts'
import { type Call, type Command, EXIT, type ExitCode } from './command.ts'
import type { System } from './system.ts'

export function doctorCommand(system: System): Command {
  return {
    name: 'doctor',
    about: 'Check settings, servers and connectors, and say how to mend what is wrong.',
    options: {},
    run: (call) => doctor(system, call),
  }
}

async function doctor(system: System, { env, isJson, terminal }: Call): Promise<ExitCode> {
  const { diagnosis } = await import('./diagnosis.ts')
  const findings = await diagnosis(system, env)
  const isWell = findings.every((finding) => finding.isOk)
  terminal.print(isJson ? `${JSON.stringify({ ok: isWell, findings })}\n` : report(findings))
  return isWell ? EXIT.done : EXIT.needsPerson
}

function report(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ check, isOk, detail, fix }) => {
    const [first = '', ...more] = detail.split('\n')
    const fixes = fix === undefined ? [] : fix.split('\n').map((line) => `-> ${line}`)
    return [`${isOk ? 'ok  ' : 'FAIL'}  ${check}: ${first}`, ...[...more, ...fixes].map((line) => `      ${line}`)]
  })
  const bad = findings.filter((finding) => !finding.isOk).length
  const verdict = bad === 0 ? 'Everything is as it has to be.' : `${bad} of ${findings.length} checks need a person.`
  return `${[...lines, '', verdict].join('\n')}\n`
}
