// The demo's picture: from what is known at one moment to the lines on the screen. Pure, so that it can be tested.

import { stripVTControlCharacters, styleText } from 'node:util'
import type { Followed, Latency } from './tally.ts'

export interface Stage {
  readonly title: string
  readonly where: string
  readonly count: number
  readonly what: string
  /** Per second, the newest last. */
  readonly rates: readonly number[]
}

export interface Scene {
  readonly elapsedMs: number
  readonly stages: readonly Stage[]
  readonly latency: Latency | null
  readonly onTheirWay: number
  readonly lagRecords: number
  readonly dead: number
  readonly recent: readonly Followed[]
  readonly address: string
}

export interface Size {
  readonly columns: number
  readonly rows: number
}

type Style = Parameters<typeof styleText>[0]

const STAGE_WIDTH_MIN = 22
const STAGE_WIDTH_MAX = 34
const ARROW = ' ──▶ '
const BARS = ' ▁▂▃▄▅▆▇█'
const MARGIN = '  '

export function frame(scene: Scene, { columns, rows }: Size): readonly string[] {
  const width = Math.max(columns - MARGIN.length * 2, STAGE_WIDTH_MIN * 3 + ARROW.length * 2)
  const head = [
    '',
    between(paint('bold', 'millrace demo'), paint('dim', `${clock(scene.elapsedMs)}   Ctrl-C ends it`), width),
    '',
    ...pipeline(scene.stages, width),
    '',
    figures(scene),
    '',
    between(paint('bold', 'What guests write into MySQL'), paint('bold', 'in DynamoDB after'), width),
  ]
  const foot = ['', paint('dim', `Console: ${scene.address}   /metrics  /health/ready  /docs`)]
  const room = Math.max(0, rows - head.length - foot.length - 1)
  const comments = scene.recent.slice(0, room).map((one) => commentLine(one, width))
  return [...head, ...comments, ...foot].map((line) => `${MARGIN}${line}`)
}

function pipeline(stages: readonly Stage[], width: number): readonly string[] {
  const room = Math.floor((width - ARROW.length * (stages.length - 1)) / stages.length)
  const inner = Math.min(Math.max(room, STAGE_WIDTH_MIN), STAGE_WIDTH_MAX) - 4
  const boxes = stages.map((stage) => box(stage, inner))
  return [0, 1, 2, 3, 4].map((line) =>
    boxes.map((one) => one[line] ?? '').join(line === 2 ? paint('cyan', ARROW) : '     '),
  )
}

function box({ title, where, count, what, rates }: Stage, inner: number): readonly string[] {
  const edge = (text: string) => paint('dim', text)
  const row = (text: string, style: Style) => `${edge('│')} ${paint(style, fitted(text, inner))} ${edge('│')}`
  const rate = `${(rates.at(-1) ?? 0).toFixed(1)}/s `
  return [
    `${edge('┌')} ${paint('bold', title)} ${edge(`${'─'.repeat(Math.max(0, inner - title.length))}┐`)}`,
    row(where, 'dim'),
    row(`${count.toLocaleString('en')} ${what}`, 'bold'),
    row(rate + bars(rates, inner - rate.length), 'green'),
    edge(`└${'─'.repeat(inner + 2)}┘`),
  ]
}

function figures({ latency, onTheirWay, lagRecords, dead }: Scene): string {
  const times = latency === null ? 'waiting for the first one' : `p50 ${ms(latency.p50Ms)}, p99 ${ms(latency.p99Ms)}`
  const rest = [`${onTheirWay} on their way`, `lag ${lagRecords}`, `${dead} dead`].join(', ')
  return `Commit to DynamoDB  ${paint('cyan', times)}   ${paint(dead > 0 ? 'red' : 'dim', rest)}`
}

function commentLine({ visit, writtenAt, latencyMs }: Followed, width: number): string {
  const { rating, text } = visit.comment
  const stars = '★'.repeat(rating) + '☆'.repeat(5 - rating)
  const arrived = latencyMs === null ? paint('yellow', '…') : paint('green', `+${ms(latencyMs)}`)
  const said = fitted(`${visit.venue}: ${text}`, Math.max(10, width - 32))
  return between(`${paint('dim', time(writtenAt))}  ${paint('yellow', stars)}  ${said}`, arrived, width)
}

/** A row of bars, the newest at the right, the highest as high as a line is. */
function bars(values: readonly number[], width: number): string {
  const shown = values.slice(-Math.max(0, width))
  const most = Math.max(...shown, 1)
  return shown.map((value) => BARS[Math.ceil((value / most) * (BARS.length - 1))]).join('')
}

function fitted(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`
}

function between(left: string, right: string, width: number): string {
  return left + ' '.repeat(Math.max(1, width - visible(left) - visible(right))) + right
}

function visible(text: string): number {
  return stripVTControlCharacters(text).length
}

function paint(style: Style, text: string): string {
  return styleText(style, text, { validateStream: false })
}

export function ms(value: number): string {
  return value < 10_000 ? `${value < 10 ? value.toFixed(1) : Math.round(value)} ms` : `${Math.round(value / 1000)} s`
}

export function time(at: Date): string {
  return at.toTimeString().slice(0, 8)
}

function clock(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000)
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`
}
