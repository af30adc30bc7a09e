// Three ways to show the demo: a picture on a terminal, plain lines, JSON lines.

import type { Terminal } from '../terminal.ts'
import { frame, ms, type Scene, time } from './frame.ts'
import { Screen } from './screen.ts'
import type { Followed } from './tally.ts'

export interface Summary {
  readonly written: number
  readonly arrived: number
  /** What both sides hold, counted anew. */
  readonly inMysql: number
  readonly inDynamodb: number
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null
}

export interface Presenter extends Disposable {
  say(line: string): void
  arrived(followed: Followed): void
  tick(scene: Scene): void
  end(summary: Summary): void
}

export function presenter(terminal: Terminal, isJson: boolean): Presenter {
  if (isJson) return jsonPresenter(terminal)
  return terminal.isInteractive ? screenPresenter(terminal) : linePresenter(terminal)
}

function screenPresenter(terminal: Terminal): Presenter {
  let screen: Screen | null = null
  const close = () => {
    screen?.[Symbol.dispose]()
    screen = null
  }
  return {
    say: (line) => terminal.print(`millrace demo: ${line}\n`),
    arrived: () => undefined,
    tick: (scene) => {
      screen ??= new Screen(terminal)
      screen.draw(frame(scene, terminal))
    },
    end: (summary) => {
      close()
      terminal.print(summaryText(summary))
    },
    [Symbol.dispose]: close,
  }
}

function linePresenter(terminal: Terminal): Presenter {
  return {
    say: (line) => terminal.print(`millrace demo: ${line}\n`),
    arrived: ({ visit, writtenAt, latencyMs }) => {
      const { rating, text } = visit.comment
      terminal.print(`${time(writtenAt)}  +${ms(latencyMs ?? 0)}  ${rating}/5  ${visit.venue}: ${text}\n`)
    },
    tick: () => undefined,
    end: (summary) => terminal.print(summaryText(summary)),
    [Symbol.dispose]: () => undefined,
  }
}

function jsonPresenter(terminal: Terminal): Presenter {
  return {
    say: () => undefined,
    arrived: ({ visit, latencyMs }) => {
      terminal.print(`${JSON.stringify({ idcomment: visit.idcomment, venue: visit.venue, latencyMs })}\n`)
    },
    tick: () => undefined,
    end: (summary) => terminal.print(`${JSON.stringify({ summary })}\n`),
    [Symbol.dispose]: () => undefined,
  }
}

function summaryText({ written, arrived, inMysql, inDynamodb, latencyMs }: Summary): string {
  const times = latencyMs === null ? '' : `, commit to DynamoDB p50 ${ms(latencyMs.p50)}, p99 ${ms(latencyMs.p99)}`
  const verdict = inMysql === inDynamodb ? 'both sides hold the same' : 'THE SIDES DIFFER'
  return (
    `millrace demo: ${written} comments written, ${arrived} arrived${times}\n` +
    `millrace demo: MySQL holds ${inMysql} comments, DynamoDB ${inDynamodb}: ${verdict}\n`
  )
}
