// What the clock orders over HTTP: see it, and have it at once.

import { z } from 'zod'
import type { ScheduleDesk } from '../pipeline/schedule-desk.ts'
import type { Routes } from './control-server.ts'
import { viewOf } from './run-view.ts'
import { ScheduleView, scheduleView } from './schedule-view.ts'

export interface ScheduleRoutesOptions {
  readonly scheduleDesk: ScheduleDesk
}

const Id = z.strictObject({ id: z.string().min(1).max(200) })

export function scheduleRoutes({ scheduleDesk }: ScheduleRoutesOptions): Routes {
  return (app) => {
    app.get('/api/schedules', {
      config: {
        role: 'viewer',
        about: 'What is imported again and again: when it is due, and what came of it last.',
        answer: z.array(ScheduleView),
      },
      handler: async () => (await scheduleDesk.list()).map(scheduleView),
    })

    app.post<{ Params: z.infer<typeof Id> }>('/api/schedules/:id/run', {
      config: {
        role: 'operator',
        about: 'Do now what a schedule orders; answers the runs, also such that are under way already.',
      },
      schema: { params: Id },
      handler: async ({ params, caller }, reply) => {
        const runs = await scheduleDesk.run(params.id, caller?.name ?? '')
        return reply.code(202).send({ runs: runs.map(viewOf) })
      },
    })
  }
}
