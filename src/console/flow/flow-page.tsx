// Flow: everything as one picture, what is wrong with the command that mends it, and the same in figures.

import type { FlowView } from '../../control/flow-view.ts'
import { Badge } from '../part/badge.tsx'
import { Failure } from '../part/failure.tsx'
import { counted } from '../part/figures.ts'
import { flow, flowFault } from '../part/flow.ts'
import { Skeleton } from '../part/skeleton.tsx'
import { FlowFigures } from './flow-figures.tsx'
import { FlowPicture } from './flow-picture.tsx'
import { Troubles } from './troubles.tsx'

export function FlowPage() {
  const view = flow.value
  return (
    <>
      <div class="heading">
        <h1 tabIndex={-1}>Flow</h1>
        {view !== null && <Standing view={view} />}
      </div>
      {flowFault.value !== null && <Failure error={flowFault.value} />}
      {view === null && flowFault.value === null && <Skeleton lines={10} />}
      {view !== null && (
        <>
          {view.troubles.length === 0 && !view.ready && <p class="notice">{view.why.join('; ')}</p>}
          <Troubles troubles={view.troubles} />
          <FlowPicture view={view} />
          <FlowFigures flows={view.flows} />
        </>
      )}
    </>
  )
}

function Standing({ view: { troubles, ready, flows } }: { readonly view: FlowView }) {
  const isCritical = troubles.some(({ severity }) => severity === 'critical')
  const waiting = flows.reduce((sum, { lag_records: lag }) => sum + (lag ?? 0), 0)
  if (troubles.length > 0) return <Badge tone={isCritical ? 'bad' : 'warn'}>{`${troubles.length} to look at`}</Badge>
  if (!ready) return <Badge tone="warn">Not ready yet</Badge>
  if (waiting > 0) return <Badge tone="busy">{counted(waiting, 'record')} on the way</Badge>
  return <Badge tone="good">Everything flows</Badge>
}
