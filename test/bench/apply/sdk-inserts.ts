// The yardstick of creates: 25 PartiQL INSERTs to a request.

import { BatchExecuteStatementCommand } from '@aws-sdk/client-dynamodb'
import { contend } from '../contender.ts'
import type { ApplyJob } from './apply-job.ts'
import { sendAll, wholeItem } from './sdk-sending.ts'

const IN_FLIGHT = 8
const ITEMS_EACH = 25

contend<ApplyJob>((job, meter) => {
  const names = Object.keys(wholeItem(0)).map((name) => `'${name}':?`)
  const Statement = `INSERT INTO "${job.table}" VALUE {${names.join(',')}}`
  const sending = {
    ...{ job, inFlight: IN_FLIGHT, itemsEach: ITEMS_EACH },
    send: async (client, ids) => {
      const Statements = ids.map((id) => ({ Statement, Parameters: Object.values(wholeItem(id)) }))
      const { Responses } = await client.send(new BatchExecuteStatementCommand({ Statements }))
      const failed = Responses?.find((response) => response.Error !== undefined)
      if (failed !== undefined) throw new Error(failed.Error?.Message)
    },
  } satisfies Parameters<typeof sendAll>[0]
  return sendAll(sending, meter)
})
