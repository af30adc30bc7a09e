// A dashboard as Grafana reads it, as far as tests look at it.

import { readFileSync } from 'node:fs'
import { z } from 'zod'

const Target = z.object({ refId: z.string(), expr: z.string(), legendFormat: z.string(), datasource: z.object({}) })
const Panel = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string().min(1),
  description: z.string().optional(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(Target).optional(),
  fieldConfig: z.object({ defaults: z.object({ unit: z.string().min(1) }) }).optional(),
})
const Dashboard = z.object({
  uid: z.string(),
  title: z.string(),
  templating: z.object({
    list: z.array(
      z.object({ name: z.string(), type: z.string(), query: z.union([z.string(), z.object({ query: z.string() })]) }),
    ),
  }),
  annotations: z.object({ list: z.array(z.object({ name: z.string(), expr: z.string() })) }),
  panels: z.array(Panel),
})

export type Panel = z.infer<typeof Panel>
export type Dashboard = z.infer<typeof Dashboard>

export const DASHBOARDS = ['overview', 'pipeline', 'runs', 'imports'] as const

export function readDashboard(name: string): Dashboard {
  return Dashboard.parse(JSON.parse(readFileSync(dashboardPath(name), 'utf8')))
}

export function dashboardPath(name: string): URL {
  return new URL(`../../grafana/dashboards/${name}.json`, import.meta.url)
}
