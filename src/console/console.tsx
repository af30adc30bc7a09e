// Whom the page is for: nobody yet, somebody who has to sign in, or somebody who has.

import { useEffect } from 'preact/hooks'
import { Boundary } from './part/boundary.tsx'
import { Connection } from './part/connection-bar.tsx'
import { Failure } from './part/failure.tsx'
import { openSession, session, sessionFault } from './part/session.ts'
import { Skeleton } from './part/skeleton.tsx'
import { Toasts } from './part/toasts.tsx'
import { Shell } from './shell.tsx'
import { SignIn } from './sign-in.tsx'

export function Console() {
  useEffect(() => void openSession(), [])
  return (
    <>
      <Connection />
      <Boundary title="millrace">
        <Inside />
      </Boundary>
      <Toasts />
    </>
  )
}

function Inside() {
  if (session.value !== null && session.value !== 'nobody') return <Shell caller={session.value} />
  if (session.value === 'nobody') return <SignIn />
  if (sessionFault.value !== null) return <Failure error={sessionFault.value} again={openSession} />
  return <Skeleton lines={6} />
}
