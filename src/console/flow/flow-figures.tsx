// Each connector in figures.

import type { ConnectorFlow } from '../../control/flow-view.ts'
import { Badge } from '../part/badge.tsx'
import { count, rate, seconds } from '../part/figures.ts'
import { linkTo } from '../part/place.ts'
import { ScrollFrame } from '../part/scroll-frame.tsx'
import { type Column, TableHead } from '../part/table-head.tsx'
import { toneOf } from './flow-tone.ts'

const NUMBERS = ['Waiting', 'Lag', 'Records', 'Applied', 'Stale, known', 'p50, p99', 'Dead', 'Conflicts', 'Gaps']
const COLUMNS: readonly Column[] = [
  'Connector',
  'State',
  ...NUMBERS.map((title) => ({ title, kind: 'number' as const })),
]

export function FlowFigures({ flows }: { readonly flows: readonly ConnectorFlow[] }) {
  return (
    <section aria-labelledby="figures" class="figures">
      <h2 id="figures">Connectors</h2>
      <ScrollFrame label="Connectors in figures">
        <table>
          <caption class="unseen">Connectors in figures</caption>
          <TableHead columns={COLUMNS} />
          <tbody>
            {flows.map((flow) => (
              <Row key={flow.connector} flow={flow} />
            ))}
          </tbody>
        </table>
      </ScrollFrame>
    </section>
  )
}

function Row({ flow }: { readonly flow: ConnectorFlow }) {
  const { connector, from, to, state, writes, latency_ms: latency } = flow
  return (
    <tr>
      <th scope="row">
        {connector}
        <span class="route">
          {from} to {to}
        </span>
      </th>
      <td>
        <Badge tone={toneOf(state)}>{state}</Badge>
      </td>
      <td class="number">{flow.lag_records === null ? '–' : count(flow.lag_records)}</td>
      <td class="number">{seconds(flow.lag_seconds)}</td>
      <td class="number">{rate(flow.records_per_second)}</td>
      <td class="number">{rate(writes?.applied ?? null)}</td>
      <td class="number">{rate(writes === null ? null : writes.stale + writes.exists)}</td>
      <td class="number">
        {latency === null ? '–' : `${seconds(latency.p50 / 1_000)}, ${seconds(latency.p99 / 1_000)}`}
      </td>
      <td class="number">
        <Waiting many={flow.dead_letters} link={linkTo('dead', '', { connector })} />
      </td>
      <td class="number">
        <Waiting many={flow.open_conflicts} link={linkTo('conflicts', '', { connector, state: 'open' })} />
      </td>
      <td class="number">
        <Waiting many={flow.open_gaps} link={linkTo('verification', '', { connector })} />
      </td>
    </tr>
  )
}

function Waiting({ many, link }: { readonly many: number; readonly link: string }) {
  return many === 0 ? <span class="quiet">0</span> : <a href={link}>{count(many)}</a>
}
