// `millrace rollback`: takes an import back.

import { MillraceError } from '../core/errors.ts'
import { type Call, type Command, EXIT, type ExitCode } from './command.ts'
import type { System } from './system.ts'

export function rollbackCommand(system: System): Command {
  return {
    name: 'rollback',
    about: 'Take an import back: rows that are still as it left them become what they were.',
    words: 'RUN',
    options: {
      reason: { value: 'TEXT', about: 'why, for whoever reads the record later' },
      detach: { about: 'order it and leave' },
      'dry-run': { about: 'say what it would do, and which rows would stay, and do nothing' },
    },
    run: (call) => rollback(system, call),
  }
}

async function rollback(system: System, call: Call): Promise<ExitCode> {
  const { options, words, terminal, isJson, signal } = call
  const [run, ...more] = words
  if (run === undefined || more.length > 0) throw new MillraceError('COMMAND_INVALID', 'name one run to take back')
  const { openDesk } = await import('./open-desk.ts')
  const { bodyOf, showRun } = await import('./order-run.ts')
  const { RollbackBody } = await import('../control/rollback-body.ts')
  const { rollbackOrder, takenBackBy } = await import('../pipeline/rollback.ts')
  const body = bodyOf(RollbackBody, { reason: options.get('reason') ?? '', dry_run: options.has('dry-run') })
  await using opened = await openDesk(system, call)
  const { book, connectors, config, desk } = opened
  await book.refresh()
  const given = rollbackOrder(book, { run, why: body.reason })
  if (!body.dry_run) {
    return await showRun(
      desk,
      await desk.order({ ...given, by: 'command line' }, (runs) => takenBackBy(runs, run)),
      call,
    )
  }
  const { foreseeRollback } = await import('./foresee-rollback.ts')
  const place = {
    book,
    connectors,
    openUndo: (targets: Parameters<System['openUndo']>[1]) => system.openUndo(config, targets),
  }
  const found = await foreseeRollback(place, run, signal)
  if (isJson) terminal.print(`${JSON.stringify(found)}\n`)
  else {
    terminal.print(`${found.undone.toLocaleString('en')} rows would become what they were before\n`)
    for (const { key, why } of found.kept) terminal.print(`  stays: ${key}: ${why}\n`)
  }
  return EXIT.done
}
