// Where a verification goes on.

import { z } from 'zod'
import { FindingsPlace } from './findings.ts'
import { VerifyPlace } from './verify-pages.ts'

/** And how many rows were given to the log once more. */
export const VerifyBookmark = z.object({ ...VerifyPlace.shape, ...FindingsPlace.shape, given: z.number() })
