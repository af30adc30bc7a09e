// Writes the dashboards that Grafana reads, from what stands in `source`: `npm run dashboards`.

import { writeFileSync } from 'node:fs'
import { imports } from './source/imports.mjs'
import { overview } from './source/overview.mjs'
import { pipeline } from './source/pipeline.mjs'
import { runs } from './source/runs.mjs'

for (const [name, dashboard] of Object.entries({ overview, pipeline, runs, imports })) {
  writeFileSync(new URL(`dashboards/${name}.json`, import.meta.url), `${JSON.stringify(dashboard, null, 2)}\n`)
}
