// Runs that are done are told where somebody asked for it: each once, whoever tells it.

import { expect, test } from 'vitest'
import { Successes } from '../../src/cli/successes.ts'
import type { RunKind } from '../../src/core/run.ts'
import type { Run } from '../../src/pipeline/run-book.ts'
import { Notifying, type NotifyingProcess } from '../support/notifying.ts'
import { ran } from '../support/ran.ts'

/** As a book has them. */
function book(all: readonly Run[]) {
  return { standings: () => all, get: (id: string) => all.find(({ order }) => order.id === id) ?? null }
}

function successes(process: NotifyingProcess, runs: readonly Run[], kinds: readonly RunKind[] = ['import']): Successes {
  return new Successes({ ...process, runs: book(runs), kinds, gatherMs: 30_000, console: 'https://m.example' })
}

const at = (time: string) => ({ progress: { startedAtMs: Date.parse(time) - 90_000, endedAtMs: Date.parse(time) } })

test('those of a while are one message, and nobody tells them again', async () => {
  await using place = await Notifying.open('2026-07-01T12:00:00Z')
  const runs: Run[] = [ran('old', at('2026-07-01T11:59:00Z'))]
  const process = place.process()
  const first = successes(process, runs)
  await first.look()
  const writes = { 'orders inserted': 30, 'set aside validation': 2 }
  runs.push(ran('a', { ...at('2026-07-01T12:01:00Z'), tally: { applied: 30, rejected: 2, writes } }))
  runs.push(ran('v', { ...at('2026-07-01T12:01:00Z'), order: { kind: 'verify' } }))
  place.at('2026-07-01T12:01:01Z')
  await first.look()
  runs.push(ran('b', at('2026-07-01T12:01:20Z')))
  place.at('2026-07-01T12:01:21Z')
  await first.look()
  expect(place.sent).toEqual([])
  place.at('2026-07-01T12:01:40Z')
  await first.look()
  expect(place.sent).toMatchObject([{ subject: '[millrace] Done: 2 runs', tone: 'good' }])
  expect(place.sent[0]?.sections).toEqual([
    {
      title: 'The import of square is done',
      facts: [
        { label: 'Rows', text: '40 read, applied 30, rejected 2' },
        { label: 'Changes', text: 'orders inserted 30' },
        { label: 'Set aside', text: '2 rows by validation: a field is missing, or is not what it has to be' },
        { label: 'To do', text: 'Of validation: mend these rows where they come from, and import them again.' },
        { label: 'Took', text: '90 s' },
      ],
      command: 'millrace runs show a',
      link: 'https://m.example/#/runs?id=a',
    },
    expect.objectContaining({ command: 'millrace runs show b' }),
  ])

  await first.look()
  process.following.isTelling = false
  await first.look()
  const next = successes(place.process(), runs)
  await next.look()
  place.at('2026-07-01T12:03:00Z')
  await next.look()
  expect(place.sent).toHaveLength(1)
})

test('what ended badly is no success, and what nobody was reached by is told by who takes over', async () => {
  await using place = await Notifying.open('2026-07-01T12:00:00Z')
  const runs: Run[] = []
  const process = place.process()
  const first = successes(process, runs, ['verify', 'import'])
  await first.look()
  const verified = { ...at('2026-07-01T12:01:00Z'), order: { kind: 'verify' } } as const
  runs.push(ran('differs', { ...verified, tally: { rejected: 3 } }), ran('agrees', verified))
  runs.push(ran('failed', { progress: { ...at('2026-07-01T12:01:00Z').progress, state: 'failed' } }))
  place.isReached = false
  place.at('2026-07-01T12:01:01Z')
  await first.look()
  place.at('2026-07-01T12:02:00Z')
  await first.look()
  place.isReached = true
  const next = successes(place.process(), runs, ['verify', 'import'])
  await next.look()
  place.at('2026-07-01T12:03:00Z')
  await next.look()
  expect(place.sent).toMatchObject([{ subject: '[millrace] Done: the verify of square' }])
})
