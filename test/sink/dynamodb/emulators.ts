// Both emulators, for suites that have to hold on each.

import { sharedDynamodbLocal, sharedDynoxide } from '../../support/shared-server.ts'

export const emulators = [
  ['the light emulator', sharedDynoxide],
  ['DynamoDB Local', sharedDynamodbLocal],
] as const
