// The same run as a piece of it sees it: what the piece leaves as its bookmark becomes part of the run's own.

import type { RunWork } from './run-work.ts'

export function workWithin(work: RunWork, placed: (bookmark: string) => string): RunWork {
  return {
    ...{ order: work.order, signal: work.signal },
    // As it is by then: pieces follow one another, and each goes on counting where the one before has ended.
    get progress() {
      return work.progress
    },
    limits: () => work.limits(),
    note: (records) => work.note(records),
    book: () => work.book(),
    tally: () => work.tally(),
    expect: (rows) => work.expect(rows),
    retry: (step) => work.retry(step),
    step: ({ bookmark, ...step }, records) => work.step({ ...step, bookmark: placed(bookmark) }, records),
  }
}
