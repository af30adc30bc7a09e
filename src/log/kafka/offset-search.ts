// Finds offsets in all partitions of a topic: the oldest, the end, or the first of a time.

import { type Cluster, ELECTION_PATIENCE_MS } from './cluster.ts'
import { listOffsetsRequest, readListedOffsets } from './fetch-protocol.ts'
import { CODE, isLeaderMoving, refusal } from './kafka-error.ts'
import { Patience } from './patience.ts'

/** By partition; -1 where nothing is that young. What open transactions have written counts. */
export async function searchOffsets(cluster: Cluster, topic: string, timeMs: number): Promise<readonly number[]> {
  const found: number[] = []
  for (const patience = new Patience(ELECTION_PATIENCE_MS); ; ) {
    const { leaders } = await cluster.topic(topic)
    const missing = [...leaders.keys()].filter((partition) => found[partition] === undefined)
    if (missing.length === 0) return found
    let code: number = CODE.NONE
    for (const [leader, partitions = []] of Map.groupBy(missing, (partition) => leaders[partition] ?? -1)) {
      if (leader < 0) code = CODE.LEADER_NOT_AVAILABLE
      if (leader < 0) continue
      const places = partitions.map((partition) => ({ topic, partition }))
      const answer = await cluster.sendToNode(leader, listOffsetsRequest(places, timeMs))
      for (const listed of readListedOffsets(answer)) {
        if (listed.code === CODE.NONE) found[listed.partition] = listed.offset
        else code = listed.code
      }
    }
    if (code === CODE.NONE) continue
    const refused = () => refusal(code, `find offsets of ${topic}`)
    if (!isLeaderMoving(code)) throw refused()
    cluster.forgetTopic(topic)
    await patience.pause(refused)
  }
}
