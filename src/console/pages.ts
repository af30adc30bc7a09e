// The pages there are, in the order in which they are offered. Each is loaded when it is first gone to.

import type { ComponentType } from 'preact'
import type { FlowView } from '../control/flow-view.ts'
import type { IconName } from './part/icon.tsx'

export interface Page {
  /** In the address. */
  readonly name: string
  readonly title: string
  readonly icon: IconName
  /** Pressed after `g`. */
  readonly key: string
  readonly load: () => Promise<ComponentType>
  /** How much there waits for a person. */
  readonly waiting?: (view: FlowView) => number
}

export const PAGES: readonly Page[] = [
  {
    ...{ name: 'sync', title: 'Data Synchronization', icon: 'sync', key: 's' },
    load: async () => (await import('./sync/sync-page.tsx')).SyncPage,
  },
  {
    ...{ name: 'flow', title: 'Flow', icon: 'flow', key: 'f' },
    load: async () => (await import('./flow/flow-page.tsx')).FlowPage,
    waiting: ({ troubles }) => troubles.length,
  },
  {
    ...{ name: 'runs', title: 'Runs', icon: 'run', key: 'r' },
    load: async () => (await import('./runs/runs-page.tsx')).RunsPage,
  },
  {
    ...{ name: 'dead', title: 'Dead letters', icon: 'dead', key: 'd' },
    load: async () => (await import('./dead/dead-page.tsx')).DeadPage,
    waiting: ({ flows }) => flows.reduce((sum, { dead_letters: many }) => sum + many, 0),
  },
  {
    ...{ name: 'conflicts', title: 'Conflicts', icon: 'conflict', key: 'c' },
    load: async () => (await import('./conflicts/conflicts-page.tsx')).ConflictsPage,
    waiting: ({ open_conflicts: many }) => many,
  },
  {
    ...{ name: 'verification', title: 'Verification', icon: 'verify', key: 'v' },
    load: async () => (await import('./verification/verification-page.tsx')).VerificationPage,
    waiting: ({ flows }) => flows.reduce((sum, { open_gaps: many }) => sum + many, 0),
  },
  {
    ...{ name: 'schedules', title: 'Schedules', icon: 'clock', key: 't' },
    load: async () => (await import('./schedules/schedules-page.tsx')).SchedulesPage,
  },
  {
    ...{ name: 'audit', title: 'Audit', icon: 'audit', key: 'a' },
    load: async () => (await import('./audit/audit-page.tsx')).AuditPage,
  },
]

export function pageNamed(name: string): Page | null {
  return PAGES.find((page) => page.name === name) ?? null
}
