// Which transactions have been captured, in the server's own notation: what a dump asks the server to leave out.

import { MillraceError } from '../../core/errors.ts'
import type { Gtid } from './gtid.ts'

export interface GtidSet {
  add(gtid: Gtid): void
  has(gtid: Gtid): boolean
  toString(): string
}

export function parseGtidSet(text: string, isMariadb: boolean): GtidSet {
  return isMariadb ? new MariadbGtidSet(text) : new MysqlGtidSet(text)
}

type Interval = [from: number, to: number]

/** `uuid:1-5:8:tag:1-3,uuid:7`: intervals per source, a source being a uuid and a tag. */
class MysqlGtidSet implements GtidSet {
  readonly #sources = new Map<string, Interval[]>()

  constructor(text: string) {
    for (const block of text.replace(/\s/g, '').split(',')) {
      const [uuid = '', ...items] = block.toLowerCase().split(':')
      let source = uuid
      for (const item of items) {
        const [from, to] = item.split('-')
        if (/^\d+$/.test(from ?? '')) this.#insert(source, [Number(from), Number(to ?? from)])
        else source = `${uuid}:${item}`
      }
    }
  }

  add(gtid: Gtid): void {
    const last = this.#sources.get(gtid.source)?.at(-1)
    if (last !== undefined && last[1] + 1 === gtid.number) last[1]++
    else this.#insert(gtid.source, [gtid.number, gtid.number])
  }

  has(gtid: Gtid): boolean {
    return (this.#sources.get(gtid.source) ?? []).some(([from, to]) => from <= gtid.number && gtid.number <= to)
  }

  #insert(source: string, added: Interval): void {
    const sorted = [...(this.#sources.get(source) ?? []), added].sort(([one], [other]) => one - other)
    const merged: Interval[] = []
    for (const interval of sorted) {
      const last = merged.at(-1)
      if (last !== undefined && interval[0] <= last[1] + 1) last[1] = Math.max(last[1], interval[1])
      else merged.push([interval[0], interval[1]])
    }
    this.#sources.set(source, merged)
  }

  toString(): string {
    let text = ''
    let lastUuid = ''
    for (const source of [...this.#sources.keys()].sort()) {
      const [uuid = '', tag] = source.split(':')
      if (uuid !== lastUuid) text += `${text === '' ? '' : ','}${uuid}`
      if (tag !== undefined) text += `:${tag}`
      for (const [from, to] of this.#sources.get(source) ?? []) text += from === to ? `:${from}` : `:${from}-${to}`
      lastUuid = uuid
    }
    return text
  }
}

/** `domain-server-sequence,…`: the last transaction of each domain; within a domain the order is total. */
class MariadbGtidSet implements GtidSet {
  readonly #domains = new Map<string, { serverId: number; number: number }>()

  constructor(text: string) {
    for (const item of text.replace(/\s/g, '').split(',')) {
      if (item === '') continue
      const [, domain, serverId, number] = /^(\d+)-(\d+)-(\d+)$/.exec(item) ?? []
      if (domain === undefined) {
        throw new MillraceError('BOOKMARK_UNREADABLE', `${item} is no GTID of MariaDB.`)
      }
      this.#domains.set(domain, { serverId: Number(serverId), number: Number(number) })
    }
  }

  add(gtid: Gtid): void {
    this.#domains.set(gtid.source, { serverId: gtid.serverId, number: gtid.number })
  }

  has(gtid: Gtid): boolean {
    return gtid.number <= (this.#domains.get(gtid.source)?.number ?? -1)
  }

  toString(): string {
    return [...this.#domains].map(([domain, { serverId, number }]) => `${domain}-${serverId}-${number}`).join(',')
  }
}
