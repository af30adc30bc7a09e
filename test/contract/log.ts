// What every log promises (src/log/log.ts), told as tests. An adapter's own test file calls this with the place where
// its logs are opened; each group of tests starts one.

import { describe } from 'vitest'
import { describeAppending } from './log-appending.ts'
import { describeAsking } from './log-asking.ts'
import { describeFollowing } from './log-following.ts'
import type { StartPlace } from './log-place.ts'
import { describeSharing } from './log-sharing.ts'

export function describeLog(name: string, start: StartPlace): void {
  describe(name, () => {
    describeAppending(start)
    describeFollowing(start)
    describeSharing(start)
    describeAsking(start)
  })
}
