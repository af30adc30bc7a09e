// What every sink keeps, whatever it writes to. Run by each adapter's tests on its real target.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Exact, type Fields } from '../../src/core/value.ts'
import type { ItemKey, StoredItem, Write } from '../../src/core/write.ts'
import type { Outcome, PlacedWrite, Sink } from '../../src/sink/sink.ts'

/** A target with a table of its own whose fields `text`, `rating` and `total` the sink may write. */
export interface SinkTarget extends AsyncDisposable {
  readonly table: string
  /** Another process's sink upon the same table. */
  open(): Promise<Sink>
  /** The fields of an item without bookkeeping; null when there is no such item. */
  read(key: ItemKey): Promise<Record<string, unknown> | null>
  /** As somebody else writes. */
  put(key: ItemKey, fields: Fields): Promise<void>
  /** A write that this target can never apply. */
  hopeless(key: ItemKey): Write
  place(write: Write, offset: number, lane?: string): PlacedWrite
}

const forever = new AbortController().signal

export function sinkContract(name: string, openTarget: () => Promise<SinkTarget>): void {
  describe(`the sink contract on ${name}`, () => {
    let target: SinkTarget
    beforeAll(async () => {
      target = await openTarget()
    })
    afterAll(() => target[Symbol.asyncDispose]())

    const create = (key: ItemKey, text: string): Write => ({ do: 'create', table: target.table, key, fields: { text } })
    const merge = (key: ItemKey, text: string): Write => ({ do: 'merge', table: target.table, key, fields: { text } })
    const remove = (key: ItemKey): Write => {
      const deletedAt = '2025-11-28T14:30:00.000Z'
      return { do: 'remove', table: target.table, key, how: 'tombstone', fields: ['text', 'rating'], deletedAt }
    }

    test('no writes have no outcomes', async () => {
      expect(await (await target.open()).apply([], forever)).toEqual([])
    })

    test('outcomes come in the order of the writes', async () => {
      await target.put(['order', 'b'], { text: 'theirs' })
      const sink = await target.open()
      const writes = ['a', 'b', 'c'].map((sk, offset) => target.place(create(['order', sk], 'ours'), offset))
      expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'exists', 'applied'])
    })

    test('giving the same writes again changes nothing, in whatever process', async () => {
      const writes = [
        target.place(create(['again', 'a'], 'made'), 1),
        target.place(merge(['again', 'b'], 'set'), 2),
        target.place({ do: 'count', table: target.table, key: ['again', 'c'], add: { total: 2 } }, 3),
      ]
      for (const sink of [await target.open(), await target.open()]) {
        expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'applied', 'applied'])
        expect(did(await sink.apply(writes, forever))).toEqual(['applied', 'applied', 'applied'])
      }
      expect(await target.read(['again', 'a'])).toEqual({ text: 'made' })
      expect(await target.read(['again', 'b'])).toEqual({ text: 'set' })
      expect(await target.read(['again', 'c'])).toEqual({ total: 2 })
    })

    test('an older change is stale, and so is one older than a removal', async () => {
      const sink = await target.open()
      const old = target.place(merge(['age', 'a'], 'old'), 1)
      const removed = target.place(remove(['age', 'a']), 3)
      await sink.apply([target.place(merge(['age', 'a'], 'new'), 2)], forever)
      expect(did(await sink.apply([old], forever))).toEqual(['stale'])
      expect(await target.read(['age', 'a'])).toEqual({ text: 'new' })
      expect(did(await sink.apply([removed], forever))).toEqual(['applied'])
      expect(did(await sink.apply([old], forever))).toEqual(['stale'])
      expect((await target.read(['age', 'a'])) ?? {}).toEqual({})
    })

    test('writes to one item are applied in the order given', async () => {
      const sink = await target.open()
      const writes = Array.from({ length: 10 }, (_, offset) =>
        target.place(merge(['item', 'a'], `v${offset}`), offset, 'row'),
      )
      expect(did(await sink.apply(writes, forever))).not.toContain('rejected')
      expect(await target.read(['item', 'a'])).toEqual({ text: 'v9' })
    })

    test('behind a rejected write its lane waits, and nothing else does', async () => {
      const sink = await target.open()
      const writes = [
        target.place(target.hopeless(['lane', 'a']), 1, 'row'),
        target.place({ do: 'merge', table: target.table, key: ['lane', 'a'], fields: { rating: 1 } }, 2, 'row'),
        target.place(merge(['lane', 'b'], 'other'), 3, 'other row'),
      ]
      const outcomes = await sink.apply(writes, forever)
      expect(did(outcomes)).toEqual(['rejected', 'rejected', 'applied'])
      expect(outcomes[0]?.reason).toMatch(/\S/u)
      expect(outcomes[1]?.reason).toMatch(/^behind /u)
      expect((await target.read(['lane', 'a'])) ?? {}).toEqual({})
    })

    test('a call that was aborted throws, and its writes can be given again', async () => {
      const sink = await target.open()
      const writes = Array.from({ length: 40 }, (_, offset) =>
        target.place(create(['abort', `${offset}`], 'x'), offset),
      )
      await expect(sink.apply(writes, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped')
      expect(new Set(did(await sink.apply(writes, forever)))).toEqual(new Set(['applied']))
    })

    test('what was applied compares as equal; what somebody changed or took away does not, until it is mended', async () => {
      const sink = await target.open()
      const rating = { text: 'x', rating: new Exact('4.50') }
      const writes: Write[] = [
        create(['compare', 'made'], 'made'),
        { do: 'merge', table: target.table, key: ['compare', 'set'], fields: rating },
        { ...create(['compare', 'later'], 'made'), fields: { text: 'made', rating: 5 }, later: ['rating'] } as Write,
      ]
      const both = async () => sink.compare(writes, { isSure: true, signal: forever })
      const compared = async () => (await both()).map(({ differences }) => differences)
      const all = await compared()
      expect(all.map((one) => one.map(({ fields }) => fields))).toEqual([[null], [null], [null]])
      expect(all.map(([one]) => one?.mends.length)).toEqual([0, 1, 0])
      expect((await both()).map(({ met }) => met)).toEqual([[], [], []])
      await sink.apply(
        [...writes.entries()].map(([offset, write]) => target.place(write, 1 + offset)),
        forever,
      )
      expect(await both()).toEqual(writes.map(({ table }) => ({ differences: [], met: [table] })))
      await target.put(['compare', 'made'], { text: 'spoilt', total: 7 })
      await target.put(['compare', 'set'], { text: 'x', rating: 4.5 })
      await target.put(['compare', 'later'], { text: 'made' })
      const [spoilt, ...others] = await compared()
      expect(others).toEqual([[], []])
      expect(spoilt).toMatchObject([
        { key: ['compare', 'made'], fields: [{ name: 'text', wanted: 'made', held: 'spoilt' }] },
      ])
      const mends = spoilt?.[0]?.mends ?? []
      expect(
        did(
          await sink.apply(
            mends.map((write) => target.place(write, 1)),
            forever,
          ),
        ),
      ).toEqual(['applied'])
      expect(await target.read(['compare', 'made'])).toEqual({ text: 'made', total: 7 })
      expect(await compared()).toEqual([[], [], []])
    })

    test('what mends wins over its own position, and over no newer one', async () => {
      const sink = await target.open()
      const mend: Write = { ...merge(['mend', 'a'], 'mended'), mends: true } as Write
      await sink.apply([target.place(merge(['mend', 'a'], 'first'), 5)], forever)
      expect(did(await sink.apply([target.place(mend, 4)], forever))).toEqual(['stale'])
      expect(await target.read(['mend', 'a'])).toEqual({ text: 'first' })
      expect(did(await sink.apply([target.place(mend, 5)], forever))).toEqual(['applied'])
      expect(await target.read(['mend', 'a'])).toEqual({ text: 'mended' })
    })

    test('items of ours are walked through once each, page by page, on from any of them, with exact numbers', async () => {
      const mine = await openTarget()
      await using _closed = mine
      const sink = await mine.open()
      const rating = new Exact('12345678901234567890.123456789')
      const keys = Array.from({ length: 25 }, (_, index): ItemKey => [`walk ${index % 3}`, `item ${index}`])
      const merges = keys.map((key): Write => ({ do: 'merge', table: mine.table, key, fields: { rating } }))
      await sink.apply(
        merges.map((write, offset) => mine.place(write, offset)),
        forever,
      )
      await mine.put(['walk 1', 'theirs'], { text: 'theirs' })
      const gone = { ...remove(['walk 2', 'item 2']), table: mine.table } as Write
      await sink.apply([mine.place(gone, 40)], forever)
      const walk = async (after: ItemKey | null, itemsMax: number): Promise<readonly StoredItem[]> => {
        const found: StoredItem[] = []
        for (let at = after, isLast = false; !isLast; ) {
          const page = await (await mine.open()).items({ table: mine.table, after: at, itemsMax }, forever)
          expect(page.items.length).toBeLessThanOrEqual(itemsMax)
          found.push(...page.items)
          at = page.next
          isLast = page.next === null
        }
        return found
      }
      const all = await walk(null, 4)
      const left = keys.filter(([, sort]) => sort !== 'item 2').map((key) => key.join())
      expect(all.map(({ key }) => key.join()).toSorted()).toEqual(left.toSorted())
      expect(new Set(all.map(({ fields }) => (fields.rating as Exact).text))).toEqual(new Set([rating.text]))
      expect((await walk(null, 100)).map(({ key }) => key)).toEqual(all.map(({ key }) => key))
      const middle = all[11]!.key
      await sink.apply([mine.place({ ...remove(middle), table: mine.table } as Write, 41)], forever)
      expect((await walk(middle, 5)).map(({ key }) => key)).toEqual(all.slice(12).map(({ key }) => key))
    })

    test('every check of a target that is right is passed', async () => {
      const findings = await (await target.open()).check()
      expect(findings.filter(({ isOk }) => !isOk)).toEqual([])
      expect(findings.length).toBeGreaterThan(0)
    })
  })
}

function did(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.map((outcome) => outcome.did)
}
