// Flow: everything as one picture, what is wrong with the command that mends it, and the same in figures.

import { Badge } from '../part/badge.tsx'
import { Failure } from '../part/failure.tsx'
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
        {view !== null &&
          (view.troubles.length === 0 && view.ready ? (
            <Badge tone="good">Everything flows</Badge>
          ) : (
            <Badge tone={view.troubles.some(({ severity }) => severity === 'critical') ? 'bad' : 'warn'}>
              {view.troubles.length === 0 ? 'Not ready yet' : `${view.troubles.length} to look at`}
            </Badge>
          ))}
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
