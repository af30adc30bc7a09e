// The topics millrace works with, as they are to be declared.

import {
  AUDIT,
  BOOKMARKS,
  CONFLICTS,
  DIFFERENCES,
  DROPPED,
  deadTopic,
  GAPS,
  NOTICES,
  RUNS,
  SCHEMAS,
} from '../core/topic.ts'
import type { TopicSpec } from '../log/log.ts'

/** These topics of changes, their dead topics, and millrace's own. */
export function declaredTopics(changes: readonly string[], partitions: number): readonly TopicSpec[] {
  return [
    ...changes.map((topic) => ({ topic, partitions, isCompacted: false })),
    ...changes.map((topic) => ({ topic: deadTopic(topic), partitions: 1, isCompacted: true })),
    ...[AUDIT, BOOKMARKS, CONFLICTS, DIFFERENCES, DROPPED, GAPS, NOTICES, RUNS, SCHEMAS].map((topic) => ({
      topic,
      partitions: 1,
      isCompacted: true,
    })),
  ]
}
