// `millrace verify`: compares MySQL with the target, shows what differs, and mends it where it is asked to.

import type { DifferenceView, VerificationView } from '../control/verify-view.ts'
import { type Call, type Command, EXIT, type ExitCode } from './command.ts'
import { LIMIT_OPTIONS, limitsGiven } from './run-limits.ts'
import { SCOPE_OPTIONS, scopeGiven } from './scope-options.ts'
import type { System } from './system.ts'

const SHOWN_MAX = 20

export function verifyCommand(system: System): Command {
  return {
    name: 'verify',
    about: 'Compare MySQL with the target while both change, and mend what differs.',
    options: {
      ...SCOPE_OPTIONS,
      ...LIMIT_OPTIONS,
      repair: { about: 'mend what differs, and nothing else' },
      'dry-run': { about: 'with --repair: show what it would mend, and mend nothing' },
      detach: { about: 'order it and leave' },
    },
    run: (call) => verify(system, call),
  }
}

async function verify(system: System, call: Call): Promise<ExitCode> {
  const { options, terminal, isJson } = call
  const limits = limitsGiven(options)
  const { openDesk } = await import('./open-desk.ts')
  const { bodyOf, connectorNamed, showRun } = await import('./order-run.ts')
  const { VerifyBody, verifyOrder } = await import('../control/run-orders.ts')
  await using opened = await openDesk(system, call)
  const { connectors, desk } = opened
  const body = bodyOf(VerifyBody, {
    connector: connectorNamed(connectors, options),
    scope: scopeGiven(options),
    repair: options.has('repair') && !options.has('dry-run'),
    limits,
  })
  const run = await desk.order({ ...verifyOrder(connectors, body), by: 'command line' })
  if (options.has('detach')) return await showRun(desk, run, call)
  const { id } = run.order
  const { watchVerification } = await import('./watch-verification.ts')
  const { code, view } = await watchVerification({ opened, call, isSilent: isJson }, id)
  terminal.print(isJson ? `${JSON.stringify(view)}\n` : report(view))
  if (code !== EXIT.done || call.signal.aborted) return code
  return view.found.differing > 0 || view.found.unsettled > 0 ? EXIT.failed : EXIT.done
}

function report({ found, compared, differences, is_record_full, state }: VerificationView): string {
  const counts = [
    [found.equal, 'equal'],
    [found.differing, 'differing'],
    [found.mended, 'mended'],
    [found.unsettled, 'still changing'],
  ] as const
  const shown = counts.filter(([count]) => count > 0).map(([count, what]) => `${count.toLocaleString('en')} ${what}`)
  const lines = differences.slice(0, SHOWN_MAX).map(line)
  const more = differences.length - lines.length
  return [
    `${state}: ${shown.length === 0 ? 'no rows' : shown.join(', ')}\n`,
    `${sum(compared.rows)} rows compared (${each(compared.rows)}) with ${sum(compared.items)} items (${each(compared.items)})\n`,
    ...lines,
    ...(more > 0 ? [`and ${more.toLocaleString('en')} more: --json shows them all\n`] : []),
    ...(is_record_full ? ['the record is full: what was found beyond is counted above, and not told\n'] : []),
  ].join('')
}

function sum(counts: Readonly<Record<string, number>>): string {
  return Object.values(counts)
    .reduce((all, one) => all + one, 0)
    .toLocaleString('en')
}

function each(counts: Readonly<Record<string, number>>): string {
  const named = Object.entries(counts).map(([table, count]) => `${table} ${count.toLocaleString('en')}`)
  return named.length === 0 ? 'none' : named.join(', ')
}

function line({ is, source_table, row, table, key, fields, why, mended, venue }: DifferenceView): string {
  const where = `${source_table} ${JSON.stringify(row)}${venue === null ? '' : ` of venue ${venue}`}`
  const what = fields.map(
    ({ name, wanted, held }) => `  ${name}: ${text(wanted)} in MySQL, ${text(held)} in ${table}\n`,
  )
  const item = key.length === 0 ? '' : `, item ${key.join(' ')}`
  return `${where} is ${is}${mended ? ', mended' : ''}${item}: ${why}\n${what.join('')}`
}

function text(value: string | null): string {
  return value === null ? 'nothing' : JSON.stringify(value)
}
