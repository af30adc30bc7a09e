// Sources, log and sinks as one picture, a row for each connector: what moves along each arrow, and how it stands. The
// figures below say the same in words, so that the picture is for the eye alone.

import type { ComponentChildren } from 'preact'
import type { ConnectorFlow, FlowView, SourceFlow } from '../../control/flow-view.ts'
import { bytes, count, rate, seconds } from '../part/figures.ts'
import { rates } from '../part/flow.ts'
import { Curve } from './curve.tsx'
import { toneOf } from './flow-tone.ts'

const KINDS = { mysql: 'MySQL', dynamodb: 'DynamoDB', import: 'Imports', file: 'SQLite file', kafka: 'Kafka' }

export function FlowPicture({ view }: { readonly view: FlowView }) {
  const { sources, log, sinks, flows } = view
  const sorted = [...flows].sort((one, other) => (one.from < other.from ? -1 : one.from > other.from ? 1 : 0))
  return (
    <div class="picture" aria-hidden="true">
      <div class="picture-head">
        <span>Sources</span>
        <span>Log</span>
        <span>Sinks</span>
      </div>
      <div class="picture-log">
        <strong>{KINDS[log.kind]}</strong>
        <span>{rate(log.records_per_second)}</span>
        <span class="quiet">{log.bytes_per_second === null ? '' : `${bytes(log.bytes_per_second)}/s`}</span>
      </div>
      {sorted.map((one) => (
        <Row
          key={one.connector}
          flow={one}
          log={log}
          source={sources.find(({ name }) => name === one.from)}
          sink={sinks.find(({ name }) => name === one.to)}
        />
      ))}
    </div>
  )
}

interface RowProps {
  readonly flow: ConnectorFlow
  readonly log: FlowView['log']
  readonly source: SourceFlow | undefined
  readonly sink: FlowView['sinks'][number] | undefined
}

function Row({ flow, log, source, sink }: RowProps) {
  return (
    <div class="picture-row">
      <div class={`node ${source === undefined ? 'calm' : toneOf(source.state)}`}>
        <strong>{source === undefined ? flow.from : KINDS[source.kind]}</strong>
        <span class="quiet">{source === undefined ? '' : sourceText(source)}</span>
      </div>
      <Arrow tone={source === undefined ? 'calm' : toneOf(source.state)} isMoving={(source?.rows_per_second ?? 0) > 0}>
        <span>{rate(source?.rows_per_second ?? null)}</span>
      </Arrow>
      {/* Under the log that all rows share; by itself where there is no room for that. */}
      <div class="picture-gap">
        <strong>{KINDS[log.kind]}</strong>
        <span>{rate(log.records_per_second)}</span>
      </div>
      <Arrow tone={toneOf(flow.state)} isMoving={(flow.records_per_second ?? 0) > 0}>
        <strong>{flow.connector}</strong>
        <Curve values={rates.value.get(flow.connector) ?? []} />
        <span>
          {rate(flow.records_per_second)} · {waiting(flow)}
        </span>
      </Arrow>
      <div class={`node ${toneOf(flow.state)}`}>
        <strong>{sink === undefined ? flow.to : KINDS[sink.kind]}</strong>
        <span class="quiet">
          {flow.latency_ms === null ? 'at rest' : `p99 ${seconds(flow.latency_ms.p99 / 1_000)}`}
        </span>
      </div>
    </div>
  )
}

interface ArrowProps {
  readonly tone: string
  readonly isMoving: boolean
  readonly children: ComponentChildren
}

function Arrow({ tone, isMoving, children }: ArrowProps) {
  return (
    <div class={`arrow ${tone} ${isMoving ? 'moving' : ''}`}>
      <div class="arrow-text">{children}</div>
      <div class="arrow-line" />
    </div>
  )
}

function sourceText({ state, kind, lag_seconds: lag }: SourceFlow): string {
  if (state !== 'running') return state
  return kind === 'import' || lag === null ? 'on schedule' : `heard ${seconds(lag)} ago`
}

function waiting({ lag_records: lag }: ConnectorFlow): string {
  if (lag === null) return 'lag unknown'
  return lag === 0 ? 'nothing waits' : `${count(lag)} waiting`
}
