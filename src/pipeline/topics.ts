// The topics millrace works with, as they are to be declared.

import {
  BOOKMARKS,
  CONFLICTS,
  changeTopic,
  DIFFERENCES,
  DROPPED,
  deadTopic,
  GAPS,
  RUNS,
  SCHEMAS,
} from '../core/topic.ts'
import type { TopicSpec } from '../log/log.ts'

/** Change topics and dead topics of these tables, and millrace's own. */
export function declaredTopics(database: string, tables: readonly string[], partitions: number): readonly TopicSpec[] {
  const changes = tables.map((table) => changeTopic(database, table))
  return [
    ...changes.map((topic) => ({ topic, partitions, isCompacted: false })),
    ...changes.map((topic) => ({ topic: deadTopic(topic), partitions: 1, isCompacted: true })),
    ...[BOOKMARKS, CONFLICTS, DIFFERENCES, DROPPED, GAPS, RUNS, SCHEMAS].map((topic) => ({
      topic,
      partitions: 1,
      isCompacted: true,
    })),
  ]
}
