// How each kind of millrace's own records rests in Avro: its schema, and the way there and back.

import { z } from 'zod'
import { POLICIES, SIDES } from '../../core/contested.ts'
import { fieldsFromJson, fieldsToJson } from '../../core/field-json.ts'
import { RUN_KINDS } from '../../core/run.ts'
import type { OwnRecords } from '../codec.ts'
import type { Form } from './form.ts'
import { NOTICE_FORMS } from './notice-forms.ts'

type Kind = keyof OwnRecords

const audit: Form<OwnRecords['audit']> = {
  schema: 'audit.v1',
  stored: ({ atMs, details, ...rest }) => ({ ...rest, at_ms: atMs, details: JSON.stringify(details) }),
  restored: z
    .object({
      ...{ id: z.string(), who: z.string(), what: z.string(), run: z.string().nullable(), at_ms: z.number() },
      details: z.string().transform((text) => z.record(z.string(), z.unknown()).parse(JSON.parse(text))),
    })
    .transform(({ at_ms, ...rest }) => ({ ...rest, atMs: at_ms })),
}

const bookmark: Form<OwnRecords['bookmark']> = {
  schema: 'bookmark.v1',
  stored: ({ sourceTimeMs, ...rest }) => ({ ...rest, source_time_ms: sourceTimeMs }),
  restored: z
    .object({ source: z.string(), bookmark: z.string(), position: z.string(), source_time_ms: z.number() })
    .transform(({ source_time_ms, ...rest }) => ({ ...rest, sourceTimeMs: source_time_ms })),
}

const deadLetter: Form<OwnRecords['deadLetter']> = {
  schema: 'dead-letter.v1',
  stored: ({ cursor: { topicId, ...at }, key, value, timeMs, diedAtMs, ...rest }) => ({
    ...{ ...rest, ...at, topic_id: topicId, time_ms: timeMs, died_at_ms: diedAtMs },
    ...{ key: Buffer.from(key), value: value && Buffer.from(value) },
  }),
  restored: z
    .object({
      ...{ connector: z.string(), reason: z.string(), attempts: z.number(), time_ms: z.number() },
      ...{ topic: z.string(), topic_id: z.string(), partition: z.number(), offset: z.number() },
      ...{ key: z.instanceof(Uint8Array), value: z.instanceof(Uint8Array).nullable(), died_at_ms: z.number() },
    })
    .transform(({ topic, topic_id, partition, offset, time_ms, died_at_ms, ...rest }) => {
      return { ...rest, cursor: { topic, topicId: topic_id, partition, offset }, timeMs: time_ms, diedAtMs: died_at_ms }
    }),
}

const difference: Form<OwnRecords['difference']> = {
  schema: 'difference.v1',
  stored: ({ sourceTable, isMended, foundAtMs, ...rest }) => ({
    ...{ ...rest, source_table: sourceTable, is_mended: isMended, found_at_ms: foundAtMs },
  }),
  restored: z
    .object({
      ...{ run: z.string(), connector: z.string(), venue: z.string().nullable(), source_table: z.string() },
      ...{ row: z.string(), table: z.string(), key: z.array(z.string()), why: z.string() },
      is: z.enum(['differing', 'missing', 'left over']),
      fields: z.array(z.object({ name: z.string(), wanted: z.string().nullable(), held: z.string().nullable() })),
      ...{ is_mended: z.boolean(), found_at_ms: z.number() },
    })
    .transform(({ source_table, is_mended, found_at_ms, ...rest }) => {
      return { ...rest, sourceTable: source_table, isMended: is_mended, foundAtMs: found_at_ms }
    }),
}

const dropped: Form<OwnRecords['dropped']> = {
  schema: 'dropped.v1',
  stored: ({ droppedAtMs, ...rest }) => ({ ...rest, dropped_at_ms: droppedAtMs }),
  restored: z
    .object({
      ...{ id: z.string(), connector: z.string(), topic: z.string(), reason: z.string(), attempts: z.number() },
      ...{ note: z.string(), by: z.string(), dropped_at_ms: z.number() },
    })
    .transform(({ dropped_at_ms, ...rest }) => ({ ...rest, droppedAtMs: dropped_at_ms })),
}

const conflict: Form<OwnRecords['conflict']> = {
  schema: 'conflict.v1',
  stored: ({ foundAtMs, ...rest }) => ({ ...rest, found_at_ms: foundAtMs }),
  restored: z
    .object({
      ...{ connector: z.string(), table: z.string(), within: z.string(), claim: z.string() },
      ...{ holder: z.string(), claimant: z.string(), cursor: z.string(), found_at_ms: z.number() },
    })
    .transform(({ found_at_ms, ...rest }) => ({ ...rest, foundAtMs: found_at_ms })),
}

const contest: Form<OwnRecords['contest']> = {
  schema: 'contest.v1',
  stored: ({ mysql, dynamodb, before, foundAtMs, decision, ...rest }) => ({
    ...{ ...rest, mysql: fieldsToJson(mysql), dynamodb: fieldsToJson(dynamodb) },
    ...{ before: before && fieldsToJson(before), found_at_ms: foundAtMs },
    ...{ decided_by: decision?.by ?? null, decided_at_ms: decision?.atMs ?? null, note: decision?.note ?? null },
  }),
  restored: z
    .object({
      ...{ id: z.string(), connector: z.string(), twin: z.string().nullable(), row: z.string(), table: z.string() },
      key: z.union([z.tuple([z.string()]), z.tuple([z.string(), z.string()])]),
      ...{ group: z.string(), policy: z.enum(POLICIES), mysql: z.string(), dynamodb: z.string() },
      ...{ before: z.string().nullable(), verdict: z.enum([...SIDES, 'open']), why: z.string() },
      ...{ found_at_ms: z.number(), cursor: z.string(), decided_by: z.string().nullable() },
      ...{ decided_at_ms: z.number().nullable(), note: z.string().nullable() },
    })
    .transform(({ mysql, dynamodb, before, found_at_ms, decided_by: by, decided_at_ms: atMs, note, ...rest }) => ({
      ...{ ...rest, mysql: fieldsFromJson(mysql), dynamodb: fieldsFromJson(dynamodb), foundAtMs: found_at_ms },
      before: before === null ? null : fieldsFromJson(before),
      decision: by === null ? null : { by, atMs: atMs ?? 0, note: note ?? '' },
    })),
}

const gap: Form<OwnRecords['gap']> = {
  schema: 'gap.v1',
  stored: ({ fromBookmark, toBookmark, toPosition, fromMs, toMs, ...rest }) => ({
    ...{ ...rest, from_bookmark: fromBookmark, to_bookmark: toBookmark, to_position: toPosition },
    ...{ from_ms: fromMs, to_ms: toMs },
  }),
  restored: z
    .object({
      ...{ source: z.string(), tables: z.array(z.string()), reason: z.string() },
      ...{ from_bookmark: z.string().nullable(), to_bookmark: z.string(), to_position: z.string() },
      ...{ from_ms: z.number().nullable(), to_ms: z.number() },
    })
    .transform(({ from_bookmark, to_bookmark, to_position, from_ms, to_ms, ...rest }) => {
      const between = { fromBookmark: from_bookmark, toBookmark: to_bookmark, toPosition: to_position }
      return { ...rest, ...between, fromMs: from_ms, toMs: to_ms }
    }),
}

const gapRepair: Form<OwnRecords['gapRepair']> = {
  schema: 'gap-repair.v1',
  stored: ({ repairedAtMs, ...rest }) => ({ ...rest, repaired_at_ms: repairedAtMs }),
  restored: z
    .object({ connector: z.string(), gap: z.string(), run: z.string(), repaired_at_ms: z.number() })
    .transform(({ repaired_at_ms, ...rest }) => ({ ...rest, repairedAtMs: repaired_at_ms })),
}

const integrity: Form<OwnRecords['integrity']> = {
  schema: 'run-integrity.v1',
  stored: (one) => one,
  restored: z.object({
    run: z.string(),
    checks: z.array(
      z.object({
        ...{ check: z.enum(['reference', 'rule', 'count', 'sample']), table: z.string(), name: z.string() },
        ...{ expected: z.number(), found: z.number().nullable(), threshold: z.number(), ok: z.boolean() },
        why: z.string().nullable(),
      }),
    ),
  }),
}

const order: Form<OwnRecords['order']> = {
  schema: 'run-order.v1',
  stored: ({ limits, orderedAtMs, ...rest }) => ({
    ...{ ...rest, rows_per_second: limits.rowsPerSecond, write_units_per_second: limits.writeUnitsPerSecond },
    ...{ source_share: limits.sourceShare, ordered_at_ms: orderedAtMs },
  }),
  restored: z
    .object({
      ...{ id: z.string(), kind: z.enum(RUN_KINDS), connector: z.string(), scope: z.string(), by: z.string() },
      ...{ rows_per_second: z.number().nullable(), write_units_per_second: z.number().nullable() },
      ...{ source_share: z.number().nullable(), ordered_at_ms: z.number() },
      wanted: z.enum(['running', 'paused', 'cancelled']),
      attempt: z.number(),
    })
    .transform(({ rows_per_second, write_units_per_second, source_share, ordered_at_ms, ...rest }) => {
      const perSecond = { rowsPerSecond: rows_per_second, writeUnitsPerSecond: write_units_per_second }
      return { ...rest, limits: { ...perSecond, sourceShare: source_share }, orderedAtMs: ordered_at_ms }
    }),
}

const progress: Form<OwnRecords['progress']> = {
  schema: 'run-progress.v1',
  stored: ({ rowsExpected, rowsPerSecond, startedAtMs, updatedAtMs, endedAtMs, ...rest }) => ({
    ...{ ...rest, rows_expected: rowsExpected, rows_per_second: rowsPerSecond },
    ...{ started_at_ms: startedAtMs, updated_at_ms: updatedAtMs, ended_at_ms: endedAtMs },
  }),
  restored: z
    .object({
      ...{ id: z.string(), bookmark: z.string().nullable(), rows: z.number(), rows_expected: z.number().nullable() },
      ...{ attempt: z.number(), rows_per_second: z.number() },
      state: z.enum(['queued', 'running', 'paused', 'done', 'failed', 'cancelled']),
      ...{ started_at_ms: z.number(), updated_at_ms: z.number(), ended_at_ms: z.number().nullable() },
      fault: z.object({ code: z.string(), message: z.string(), hint: z.string() }).nullable(),
    })
    .transform(({ rows_expected, rows_per_second, started_at_ms, updated_at_ms, ended_at_ms, ...rest }) => {
      const times = { startedAtMs: started_at_ms, updatedAtMs: updated_at_ms, endedAtMs: ended_at_ms }
      return { ...rest, rowsExpected: rows_expected, rowsPerSecond: rows_per_second, ...times }
    }),
}

const tally: Form<OwnRecords['tally']> = {
  schema: 'run-tally.v1',
  stored: (one) => one,
  restored: z.object({
    ...{ run: z.string(), part: z.string(), applied: z.number(), stale: z.number(), exists: z.number() },
    ...{ rejected: z.number(), ignored: z.number(), writes: z.record(z.string(), z.number()) },
  }),
}

const venueSync: Form<OwnRecords['venueSync']> = {
  schema: 'venue-sync.v1',
  stored: ({ syncedAtMs, stats, ...rest }) => ({
    ...{ ...rest, synced_at_ms: syncedAtMs, new_people: stats.newPeople, new_items: stats.newItems },
    ...{ duplicates: stats.duplicates, errors: stats.errors },
  }),
  restored: z
    .object({
      ...{ connector: z.string(), venue: z.string(), run: z.string(), synced_at_ms: z.number() },
      ...{ new_people: z.number(), new_items: z.number(), duplicates: z.number(), errors: z.number() },
    })
    .transform(({ synced_at_ms, new_people, new_items, duplicates, errors, ...rest }) => {
      const stats = { newPeople: new_people, newItems: new_items, duplicates, errors }
      return { ...rest, syncedAtMs: synced_at_ms, stats }
    }),
}

const verified: Form<OwnRecords['verified']> = {
  schema: 'verified.v1',
  stored: ({ throughMs, ...rest }) => ({ ...rest, through_ms: throughMs }),
  restored: z
    .object({
      ...{ connector: z.string(), venue: z.string().nullable(), except: z.array(z.string()) },
      ...{ run: z.string(), through_ms: z.number() },
    })
    .transform(({ through_ms, ...rest }) => ({ ...rest, throughMs: through_ms })),
}

export const FORMS: { readonly [K in Kind]: Form<OwnRecords[K]> } = {
  ...NOTICE_FORMS,
  audit,
  bookmark,
  deadLetter,
  difference,
  dropped,
  conflict,
  contest,
  gap,
  gapRepair,
  integrity,
  order,
  progress,
  tally,
  venueSync,
  verified,
}
