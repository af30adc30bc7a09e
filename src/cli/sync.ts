// `millrace sync`: brings one venue or all of them up to date, and shows it until it is done.

import { MillraceError } from '../core/errors.ts'
import { type Call, type Command, EXIT, type ExitCode } from './command.ts'
import type { System } from './system.ts'

export function syncCommand(system: System): Command {
  return {
    name: 'sync',
    about: 'Bring one venue, or all of them, up to date now.',
    words: '[VENUE]',
    options: {
      all: { about: 'all venues' },
      yes: { about: 'do not ask first' },
      detach: { about: 'order it and leave' },
      'dry-run': { about: 'say what it would do, by a sample, and do nothing' },
    },
    run: (call) => sync(system, call),
  }
}

async function sync(system: System, call: Call): Promise<ExitCode> {
  const { options, terminal, isJson } = call
  const venue = await venueOf(call)
  if (options.has('dry-run')) return await foresee(system, call, venue)
  const question = `Copy what is new of ${venue === null ? 'all venues' : `the venue ${venue}`} into DynamoDB? [y/N] `
  if (!options.has('yes') && !isJson && terminal.isInteractive && !(await terminal.confirm(question, call.signal))) {
    terminal.warn('Nothing was done.\n')
    return EXIT.needsPerson
  }
  const { openSyncDesk } = await import('./open-sync-desk.ts')
  const { jobView } = await import('../control/sync-view.ts')
  await using opened = await openSyncDesk(system, call)
  const { desk, syncDesk } = opened
  const { id } = (await syncDesk.order(venue, 'command line')).order
  if (options.has('detach')) {
    terminal.print(isJson ? `${JSON.stringify({ job_id: id })}\n` : `${id}\n`)
    return EXIT.done
  }
  const { watchRun } = await import('./watch-run.ts')
  const code = await watchRun(desk, id, { ...call, jsonOf: jobView })
  if (isJson || call.signal.aborted) return code
  const job = jobView(await syncDesk.job(id))
  if (job.success) {
    const { new_comments: comments, new_customers: customers, skipped_duplicates: known } = job
    terminal.print(`${comments} new comments, ${customers} new customers; ${known} comments were there already\n`)
  }
  return code
}

async function foresee(system: System, call: Call, venue: string | null): Promise<ExitCode> {
  const { openSyncDesk } = await import('./open-sync-desk.ts')
  const { showForecast } = await import('./show-forecast.ts')
  await using opened = await openSyncDesk(system, call)
  return await showForecast(system, call, await opened.syncDesk.given(venue))
}

/** Null: all of them. */
async function venueOf({ words, options }: Call): Promise<string | null> {
  const [venue, ...more] = words
  if (more.length > 0) throw invalid(`takes no argument "${more[0]}"`)
  if (options.has('all') === (venue !== undefined)) throw invalid('takes either a venue or --all')
  if (venue === undefined) return null
  const { ClientId } = await import('../control/client-id.ts')
  if (ClientId.safeParse(venue).success) return venue
  throw invalid(`takes the number of a venue, not "${venue}"`)
}

function invalid(what: string): MillraceError {
  const hint = 'See `millrace sync --help`.'
  return new MillraceError('COMMAND_INVALID', `millrace sync ${what}`, { hint })
}
