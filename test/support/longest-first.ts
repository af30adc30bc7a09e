// The order of the test files: what takes minutes begins first, so that nothing long is left when all else is done.

import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** As a file's length is no sign of how long it takes; what is named first takes longest. */
const LONG = ['test/faults/', 'test/log/kafka', 'test/e2e/', 'test/cli/demo/', 'test/console/', 'test/grafana/']

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => rank(one.moduleId) - rank(other.moduleId))
  }
}

function rank(path: string): number {
  const found = LONG.findIndex((place) => path.includes(place))
  return found < 0 ? LONG.length : found
}
