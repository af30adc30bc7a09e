// The yardstick of merges: UpdateItem with a condition, 64 in flight.

import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { toItem } from '../../../src/sink/dynamodb/attributes.ts'
import { contend } from '../contender.ts'
import type { ApplyJob } from './apply-job.ts'
import { fieldsOf } from './items.ts'
import { keyItem, type SdkItem, sendAll, stampFor } from './sdk-sending.ts'

const IN_FLIGHT = 64

contend<ApplyJob>((job, meter) => {
  const send: Parameters<typeof sendAll>[0]['send'] = async (client, ids) => {
    for (const id of ids) await client.send(new UpdateItemCommand({ TableName: job.table, ...update(id) }))
  }
  return sendAll({ job, inFlight: IN_FLIGHT, itemsEach: 1, send }, meter)
})

function update(id: number): Omit<UpdateItemCommand['input'], 'TableName'> {
  const { position, mark } = stampFor(id)
  const set = { ...toItem(fieldsOf(id)), mr_position: { S: position }, mr_cursor: { S: mark } } as SdkItem
  const sets = Object.keys(set).map((name, index) => [`#${index}`, `:${index}`, name] as const)
  return {
    Key: keyItem(id),
    UpdateExpression: `SET ${sets.map(([name, value]) => `${name} = ${value}`).join(', ')} REMOVE mr_deleted_at, mr_expires`,
    ConditionExpression: 'attribute_not_exists(mr_position) OR mr_position < :p',
    ExpressionAttributeNames: Object.fromEntries(sets.map(([placeholder, , name]) => [placeholder, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(sets.map(([, placeholder, name]) => [placeholder, set[name] as SdkItem[string]])),
      ':p': { S: position },
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}
