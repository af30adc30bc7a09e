// The dashboards as files: what Grafana would not complain of and a person would.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DASHBOARDS, dashboardPath, type Panel, readDashboard } from './dashboard-file.ts'

const all = DASHBOARDS.map(readDashboard)

function overlap({ gridPos: one }: Panel, { gridPos: other }: Panel): boolean {
  return one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h
}

test('no two dashboards share a name', () => {
  expect(new Set(all.map(({ uid }) => uid)).size).toBe(all.length)
  expect(new Set(all.map(({ title }) => title)).size).toBe(all.length)
})

describe.each(DASHBOARDS)('%s', (name) => {
  const { panels, templating } = readDashboard(name)

  test('is what `npm run dashboards` writes', async () => {
    const source = (await import(`../../grafana/source/${name}.mjs`)) as Record<string, unknown>
    expect(JSON.parse(readFileSync(dashboardPath(name), 'utf8'))).toEqual(JSON.parse(JSON.stringify(source[name])))
  })

  test('numbers its panels, and no two of them overlap', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const pairs = panels.flatMap((one, index) => panels.slice(index + 1).map((other) => [one, other] as const))
    expect(pairs.filter(([one, other]) => overlap(one, other)).map((pair) => pair.map(({ title }) => title))).toEqual(
      [],
    )
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([])
  })

  test('says of each panel what it shows, in which unit, and asks for something', () => {
    for (const panel of panels.filter(({ type }) => type !== 'row')) {
      expect(panel.description, panel.title).toMatch(/^\S.*\.$/u)
      expect(panel.fieldConfig?.defaults.unit, panel.title).toBeTruthy()
      expect(panel.targets?.length, panel.title).toBeGreaterThan(0)
      expect(new Set(panel.targets?.map(({ refId }) => refId)).size).toBe(panel.targets?.length)
      expect(panel.targets?.filter(({ legendFormat }) => legendFormat === '')).toEqual([])
    }
  })

  test('asks by variables that it has', () => {
    const known = new Set(templating.list.map((one) => one.name))
    const asked = panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => expr.match(/\$[a-z]\w*/gu) ?? []))
    expect([...new Set(asked)].filter((variable) => !known.has(variable.slice(1)))).toEqual([])
  })
})
