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
]

export function pageNamed(name: string): Page | null {
  return PAGES.find((page) => page.name === name) ?? null
}
