// Both servers, for tests that hold for each of them.

import { type SharedDatabase, sharedMariadb, sharedMysql } from './shared-server.ts'

export type FlavourName = SharedDatabase['flavour']

export const FLAVOURS: readonly (readonly [FlavourName, () => Promise<SharedDatabase>])[] = [
  ['mysql', sharedMysql],
  ['mariadb', sharedMariadb],
]
