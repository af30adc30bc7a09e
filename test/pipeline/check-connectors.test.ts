import { describe, expect, test } from 'vitest'
import feedback from '../../connectors/feedback.ts'
import type { MillraceError } from '../../src/core/errors.ts'
import { type Candidate, checkConnectors, type Surroundings } from '../../src/pipeline/check-connectors.ts'

const unset: Surroundings = { setting: () => undefined }

function connector(more: object = {}): Record<string, unknown> {
  const flow = { columns: ['id', 'text'], map: () => [] }
  const targets = () => ({ items: { key: ['pk'], owns: ['text'] } })
  return { name: 'one', source: 'mysql', sink: 'dynamodb', tables: { comment: flow }, targets, ...more }
}

function faults(given: readonly object[], around: Surroundings = unset): readonly string[] {
  const candidates: Candidate[] = given.map((one, index) => ({ from: `${index}.ts`, connector: one }))
  try {
    checkConnectors(candidates, around)
    return []
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONNECTOR_INVALID' })
    return (error as MillraceError).message.split('\n')
  }
}

const targets = (table: object) => connector({ targets: () => ({ items: table }) })

const merge = { do: 'merge', table: 'items', key: ['1'], fields: { text: 'synced' } }

function spec(more: object): object {
  return { venues: { table: 'comment', name: 'text' }, venueOf: () => null, status: () => merge, ...more }
}

describe('the check of connectors', () => {
  test('passes the feedback connector, with its defaults filled in', () => {
    const [ready] = checkConnectors([{ from: 'feedback.ts', connector: feedback }], unset)
    expect(ready!.settings).toEqual({ TABLE: 'restaurant_data', KEY: 'pk,sk', COUNTRY: 'US' })
    expect(ready!.targets).toMatchObject({ restaurant_data: { key: ['pk', 'sk'] } })
  })

  test('takes settings from variables with the connector in their names', () => {
    const setting = (variable: string) => (variable === 'MILLRACE_FEEDBACK_TABLE' ? 'mine' : undefined)
    const [ready] = checkConnectors([{ from: 'feedback.ts', connector: feedback }], { setting })
    expect(ready!.targets).toHaveProperty('mine')
  })

  test('a table is walked with one that is there and has a walk of its own', () => {
    const imported = { fields: { id: { type: 'text' } }, names: [['id']] }
    const flow = { columns: ['id'], imported, map: () => [] }
    const of = { source: 'import', sink: 'mysql', migrations: [{ name: 'all', up: ['x'], down: [] }] }
    const target = { key: ['id'], owns: ['name'] }
    const given = (walks: Readonly<Record<string, string>>) => {
      const names = ['hall', 'row', 'seat']
      const tables = Object.fromEntries(
        names.map((name) => [name, { ...flow, ...(name in walks && { walkedWith: walks[name] }) }]),
      )
      return connector({ ...of, tables, targets: () => Object.fromEntries(names.map((name) => [name, target])) })
    }
    expect(faults([given({ row: 'hall', seat: 'hall' })])).toEqual([])
    expect(faults([given({ row: 'halls', seat: 'seat' })])).toEqual([
      'one: the table row is walked with halls, which is no table with a walk of its own',
      'one: the table seat is walked with seat, which is no table with a walk of its own',
    ])
  })

  test('references lead to a target with a key of one field, rules have names of their own, and both are of imports', () => {
    const imported = { fields: { id: { type: 'text' } }, names: [['id']] }
    const flow = { columns: ['id'], imported, map: () => [] }
    const of = { source: 'import', sink: 'mysql', migrations: [{ name: 'all', up: ['x'], down: [] }] }
    const references = { hall: { table: 'hall' }, row: { table: 'row' }, seat: { table: 'hall' } }
    const rules = [
      { name: 'twice', never: 'a' },
      { name: 'twice', never: 'b' },
    ]
    const tables = { hall: flow, row: flow, ticket: { ...flow, references, rules } }
    const targets = () => ({
      hall: { key: ['id'], owns: ['name'] },
      row: { key: ['hall', 'row'], owns: ['name'] },
      ticket: { key: ['id'], owns: ['hall', 'row'] },
    })
    expect(faults([connector({ ...of, tables, targets })])).toEqual([
      'one: in the table ticket two rules are called twice',
      'one: in the table ticket row refers to row, which is no target with a key of one field',
      'one: in the table ticket seat refers to hall, but is no field of it',
    ])
    expect(faults([connector({ tables: { comment: { columns: ['id'], map: () => [], rules: [rules[0]] } } })])).toEqual(
      ['one: in the table comment it has references or rules, but no import is checked of it'],
    )
    const wide = { ...flow, references: { hall: { table: 'hall', missingMax: { share: 2 } } } }
    expect(faults([connector({ ...of, tables: { hall: wide }, targets })])).toEqual([
      '0.ts: tables.hall.references.hall.missingMax.share: Too big: expected number to be <=1',
    ])
  })

  test('reports every fault of every connector together', () => {
    const setting = (variable: string) => (variable === 'MILLRACE_FEEDBACK_COUNTRY' ? 'Norway' : undefined)
    const wrong = connector({ name: 'Bad Name', tables: { comment: { columns: [], map: 'no' } } })
    expect(faults([feedback, wrong, targets({ key: ['pk'], owns: ['pk'] })], { setting })).toEqual([
      'feedback: MILLRACE_FEEDBACK_COUNTRY must be two capital letters, for example US',
      '1.ts: name: must be small letters, digits and hyphens',
      expect.stringMatching(/^1.ts: tables.comment.columns: /u),
      '1.ts: tables.comment.map: must be a function',
      'one: in the target items it owns the key attribute pk',
    ])
  })

  test.each([
    ['nothing at all', 5, /^0.ts: it: .*object/u],
    ['a property that nobody knows', connector({ tabels: {} }), /^0.ts: it: .*tabels/u],
    ['no table', connector({ tables: {} }), /^0.ts: tables: names no table$/u],
    ['another source', connector({ source: 'oracle' }), /^0.ts: source: /u],
    [
      'a setting without a value',
      connector({ settings: { TOKEN: { about: 'a' } } }),
      /^one: MILLRACE_ONE_TOKEN is not set$/u,
    ],
    ['no owned field', targets({ key: ['pk'], owns: [] }), /^one: targets: items.owns: /u],
    ['three key attributes', targets({ key: ['a', 'b', 'c'], owns: ['text'] }), /^one: targets: items.key: /u],
    ['one key attribute twice', targets({ key: ['a', 'a'], owns: ['text'] }), /names the key attribute a twice$/u],
    ['an ending that covers a key', targets({ key: ['pk'], owns: ['p*'] }), /owns the key attribute pk$/u],
    ['bookkeeping', targets({ key: ['pk'], owns: ['mr_position'] }), /owns mr_position: mr_ is millrace's own$/u],
    ['everything', targets({ key: ['pk'], owns: ['*'] }), /owns/u],
    [
      'targets that throw',
      connector({
        targets: () => {
          throw new Error('oh')
        },
      }),
      /^one: its targets cannot be told: oh$/u,
    ],
  ])('refuses %s', (_name, given, fault) => {
    expect(faults([given as object]).join('\n')).toMatch(fault)
  })

  test.each([
    ['no functions', { venues: { table: 'comment', name: 'text' } }, /^0.ts: sync.venueOf: must be a function$/mu],
    [
      'a table of venues that it does not follow',
      spec({ venues: { table: 'venue', name: 'text' } }),
      /from venue, which/u,
    ],
    [
      'a name that it does not read',
      spec({ venues: { table: 'comment', name: 'nam' } }),
      /names venues by nam, which/u,
    ],
    [
      'a status of fields that it does not own',
      spec({ status: () => ({ ...merge, fields: { a: 1 } }) }),
      /the field a of/u,
    ],
    ['a status that cannot be told', spec({ status: () => null }), /^one: its sync cannot tell a status: /mu],
    ['no table to narrow down by venue and time', spec({}), /^one: its sync has no table that can be narrowed down/mu],
  ])('refuses a sync with %s', (_name, sync, fault) => {
    expect(faults([connector({ sync })]).join('\n')).toMatch(fault)
  })

  test.each([
    ['that is no function', 'id', /^0.ts: tables.comment.rowOf: must be a function$/u],
    ['that fails', ({ fields }: { fields: { id: string } }) => [fields.id.trim()], /of comment fails for an item/u],
    ['that answers no key', () => 'id', /^one: its rowOf of comment answers neither the values of a key nor null/u],
    ['that answers an empty key', () => [], /answers neither/u],
    ['that answers nothing', () => undefined, /answers neither/u],
  ])('refuses a rowOf %s', (_name, rowOf, fault) => {
    const tables = (one: unknown) => ({ comment: { columns: ['id'], map: () => [], rowOf: one } })
    expect(faults([connector({ tables: tables(rowOf) })]).join('\n')).toMatch(fault)
    expect(faults([connector({ tables: tables(() => null) }), { ...feedback }])).toEqual([])
  })

  test('refuses two connectors that can sync venues: an order names none', () => {
    const narrow = { venue: { column: 'id' }, changedAt: 'text' }
    const tables = { comment: { columns: ['id', 'text'], narrow, map: () => [] } }
    const one = connector({ tables, sync: spec({}) })
    expect(faults([one])).toEqual([])
    const other = { ...one, name: 'two', targets: () => ({ others: { key: ['pk'], owns: ['text'] } }) }
    const sync = spec({ status: () => ({ ...merge, table: 'others' }) })
    expect(faults([one, { ...other, sync }])).toEqual(['one and two both say how venues are synced'])
  })

  test('refuses one name twice', () => {
    expect(faults([connector({ targets: () => ({}) }), connector({ targets: () => ({}) })])).toEqual([
      'two connectors are named one',
    ])
  })

  test.each([
    ['text', 'text'],
    ['text', 'te*'],
    ['te*', 'text'],
    ['t*', 'te*'],
  ])('refuses that two own the same field: %s and %s', (mine, theirs) => {
    const other = { ...targets({ key: ['pk'], owns: [theirs] }), name: 'two' }
    expect(faults([targets({ key: ['pk'], owns: [mine] }), other])).toEqual([`one and two both own ${mine} of items`])
  })

  test('lets two own different fields of one table', () => {
    const other = { ...targets({ key: ['pk'], owns: ['words', 'tex'] }), name: 'two' }
    expect(faults([targets({ key: ['pk'], owns: ['text', 'n_*'] }), other])).toEqual([])
  })

  test('names what the source does not have, and what was probably meant', () => {
    const tables = new Map([
      ['comment', ['id', 'txt']],
      ['session', ['id']],
    ])
    const lookups = {
      visit: { table: 'sesion', by: 'id', columns: ['id'], value: () => null },
      guest: { table: 'session', by: 'key', columns: ['id', 'name'], value: () => null },
    }
    const given = connector({ tables: { comment: { columns: ['id', 'text'], lookups, map: () => [] } } })
    expect(faults([given], { ...unset, tables })).toEqual([
      'one: the table comment reads comment.text, which is not there; did you mean txt?',
      'one: the lookup visit of comment reads sesion, which is not there; did you mean session?',
      'one: the lookup guest of comment reads session.key, which is not there',
      'one: the lookup guest of comment reads session.name, which is not there',
    ])
  })
})
