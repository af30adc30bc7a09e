// The records of what people are told: how each rests in Avro, and the way there and back.

import { z } from 'zod'
import { Figures } from '../../core/figures.ts'
import { Incident } from '../../core/incident.ts'
import { Symptom } from '../../core/symptom.ts'
import type { OwnRecords } from '../codec.ts'
import type { Form } from './form.ts'

/** What lies in it as JSON, checked. */
function fromJson<Value>(schema: z.ZodType<Value>) {
  return z.string().transform((text) => schema.parse(JSON.parse(text)))
}

const incident: Form<OwnRecords['incident']> = {
  schema: 'incident.v1',
  stored: ({ openedAtMs, suffered, toldAtMs, clearSinceMs, closedAtMs, ...rest }) => ({
    ...{ ...rest, suffered: JSON.stringify(suffered), opened_at_ms: openedAtMs, told_at_ms: toldAtMs },
    ...{ clear_since_ms: clearSinceMs, closed_at_ms: closedAtMs },
  }),
  restored: z
    .object({
      ...{ id: z.string(), group: z.string(), opened_at_ms: z.number(), told_at_ms: z.number().nullable() },
      ...{ tellings: z.number(), clear_since_ms: z.number().nullable(), closed_at_ms: z.number().nullable() },
      ...{ returns: z.number(), suffered: fromJson(Incident.shape.suffered) },
    })
    .transform(({ opened_at_ms, told_at_ms, clear_since_ms, closed_at_ms, ...rest }) => {
      const times = { openedAtMs: opened_at_ms, toldAtMs: told_at_ms, clearSinceMs: clear_since_ms }
      return { ...rest, ...times, closedAtMs: closed_at_ms }
    }),
}

const standing: Form<OwnRecords['standing']> = {
  schema: 'standing.v1',
  stored: ({ atMs, symptoms, ...rest }) => ({ ...rest, symptoms: JSON.stringify(symptoms), at_ms: atMs }),
  restored: z
    .object({ process: z.string(), symptoms: fromJson(z.array(Symptom)), at_ms: z.number() })
    .transform(({ at_ms, ...rest }) => ({ ...rest, atMs: at_ms })),
}

const figures: Form<OwnRecords['figures']> = {
  schema: 'day-figures.v1',
  stored: ({ dayMs, fromMs, atMs, figures: counted, ...rest }) => {
    return { ...rest, figures: JSON.stringify(counted), day_ms: dayMs, from_ms: fromMs, at_ms: atMs }
  },
  restored: z
    .object({
      ...{ process: z.string(), figures: fromJson(Figures) },
      ...{ day_ms: z.number(), from_ms: z.number(), at_ms: z.number() },
    })
    .transform(({ day_ms, from_ms, at_ms, ...rest }) => ({ ...rest, dayMs: day_ms, fromMs: from_ms, atMs: at_ms })),
}

const told: Form<OwnRecords['told']> = {
  schema: 'told.v1',
  stored: ({ name, atMs }) => ({ name, at_ms: atMs }),
  restored: z.object({ name: z.string(), at_ms: z.number() }).transform(({ name, at_ms }) => ({ name, atMs: at_ms })),
}

export const NOTICE_FORMS = { incident, standing, figures, told }
