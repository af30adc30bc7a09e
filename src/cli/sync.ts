// `millrace sync`: brings one venue or all of them up to date, and shows it until it is done.

import { MillraceError } from '../core/errors.ts'
import { isSynced } from '../pipeline/venues.ts'
import { type Call, type Command, EXIT, type ExitCode } from './command.ts'
import type { OpenSyncDesk } from './open-sync-desk.ts'
import type { System } from './system.ts'

export function syncCommand(system: System): Command {
  return {
    name: 'sync',
    about: 'Bring one venue, or both sides of everything, up to date now: pulls before it pushes.',
    words: '[VENUE]',
    options: {
      all: { about: 'all venues, and what both sides may have changed' },
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
  const isReal = !options.has('dry-run')
  const question = `${venue === null ? 'Pull what is new into MySQL, then push what is new' : `Copy what is new of the venue ${venue}`} into DynamoDB? [y/N] `
  if (
    isReal &&
    !options.has('yes') &&
    !isJson &&
    terminal.isInteractive &&
    !(await terminal.confirm(question, call.signal))
  ) {
    terminal.warn('Nothing was done.\n')
    return EXIT.needsPerson
  }
  const { openSyncDesk } = await import('./open-sync-desk.ts')
  await using opened = await openSyncDesk(system, call)
  const { code, steps } = await settle(opened, { call, venue })
  if (code !== EXIT.done || call.signal.aborted) return code
  if (!opened.connectors.some(({ connector }) => isSynced(connector)) && steps > 0) return EXIT.done
  return isReal ? await syncVenues(opened, { call, venue }) : await foresee(system, { opened, call, venue })
}

interface Asked {
  readonly call: Call
  /** Null: all of them. */
  readonly venue: string | null
}

/** What both sides may have changed; of one venue nobody can say which of it that would be. */
async function settle(opened: OpenSyncDesk, { call, venue }: Asked): Promise<{ code: ExitCode; steps: number }> {
  const { settleSides, stepsOf } = await import('./settle-sides.ts')
  const steps = venue === null ? stepsOf(opened.connectors) : []
  const { code, done } = await settleSides({ opened, call }, steps)
  if (call.isJson && steps.length > 0) call.terminal.print(`${JSON.stringify({ steps: done })}\n`)
  return { code, steps: steps.length }
}

async function syncVenues({ desk, syncDesk }: OpenSyncDesk, { call, venue }: Asked): Promise<ExitCode> {
  const { options, terminal, isJson } = call
  const { jobView } = await import('../control/sync-view.ts')
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

async function foresee(
  system: System,
  { opened, call, venue }: Asked & { readonly opened: OpenSyncDesk },
): Promise<ExitCode> {
  const { showForecast } = await import('./show-forecast.ts')
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
