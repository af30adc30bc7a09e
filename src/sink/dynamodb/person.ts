// Finds the one item that answers to an identify's claims, or makes it together with its claims in one transaction.
// Whoever loses a race reads again and goes on with what the winner made: there is one, whatever races.

import type { Identify } from '../../core/write.ts'
import { type ItemRef, itemId } from '../item-ref.ts'
import type { Clash } from '../sink.ts'
import type { Stamp } from '../stamp.ts'
import { toItem } from './attributes.ts'
import type { CallIo } from './call-io.ts'
import { Claims, claimItem, type Held } from './claims.ts'
import { birthMarks, isMadeBy, rowMark } from './marks.ts'
import { Patience } from './patience.ts'
import type { SinkMemory } from './sink-memory.ts'
import { transact } from './transact.ts'

export interface Person {
  readonly id: string
  /** This record made the item, now or in an earlier try. */
  readonly isOurs: boolean
  /** It was made just now, with everything the identify asks for. */
  readonly isNew: boolean
  readonly clashes: readonly Clash[]
}

export interface PersonOptions {
  readonly stamp: Stamp
  readonly memory: SinkMemory
}

export class PersonFinder {
  readonly #io: CallIo
  readonly #write: Identify
  readonly #stamp: Stamp
  readonly #memory: SinkMemory
  readonly #claims: Claims
  readonly #pin: ItemRef | null
  readonly #self: ItemRef | null
  readonly #others: readonly ItemRef[]

  constructor(io: CallIo, write: Identify, { stamp, memory }: PersonOptions) {
    this.#io = io
    this.#write = write
    this.#stamp = stamp
    this.#memory = memory
    this.#claims = new Claims(io, memory.claims)
    this.#pin = this.#claim(write.pin)
    this.#self = this.#claim(write.self)
    const own = new Set([write.pin, write.self])
    this.#others = [...new Set(write.claims)]
      .filter((text) => !own.has(text))
      .flatMap((text) => this.#claim(text) ?? [])
  }

  async find(): Promise<Person> {
    if (this.#isKnown()) return this.#decide()
    // Those who are after the same claims would only get in each other's way.
    const names = this.#all().map(itemId)
    return this.#memory.claimTurns.take(names, () => this.#decide())
  }

  /** Whether the answer, whichever it is, needs no request. */
  #isKnown(): boolean {
    if (this.#pin !== null) return this.#claims.recall(this.#pin) !== undefined
    return this.#all().every((claim) => this.#claims.recall(claim) !== undefined)
  }

  async #decide(): Promise<Person> {
    const patience = new Patience()
    for (;;) {
      const person = (await this.#existing()) ?? (await this.#make(patience))
      if (person !== null) return person
    }
  }

  /** Pin, own claim, then the others in order: the first that is held decides. */
  async #existing(): Promise<Person | null> {
    const known = this.#pin === null ? undefined : this.#claims.recall(this.#pin)
    if (known !== undefined) return this.#person(known.holder, [known])
    // Asked for together, in one request; but a fault of another claim is none while the pin is held.
    const rest = this.#rest()
    rest.catch(() => undefined)
    const pinned = this.#pin === null ? null : await this.#pinned(this.#pin)
    if (pinned !== null) return this.#person(pinned.holder, [pinned])
    const found = (await rest).find((held) => held !== null)
    return found ? this.#claimFor(found.holder) : null
  }

  /** Who holds its own claim and the others, in the order in which they decide. */
  #rest(): Promise<readonly (Held | null)[]> {
    const claims = this.#self === null ? this.#others : [this.#self, ...this.#others]
    return Promise.all(claims.map((claim) => this.#claims.find(claim)))
  }

  /** While the other claims are known the pin is not read but taken at once: `take` says who holds it. */
  async #pinned(pin: ItemRef): Promise<Held | null> {
    const isRestKnown = [this.#self, ...this.#others].some((claim) => claim !== null && this.#claims.recall(claim))
    return isRestKnown ? null : this.#claims.find(pin)
  }

  /** Gives an existing item the claims that nobody holds; what others hold stays there. */
  async #claimFor(id: string): Promise<Person | null> {
    const ours = { holder: id, mark: this.#stamp.mark }
    const pinned = this.#pin === null ? ours : await this.#take(this.#pin, ours)
    if (pinned.holder !== id) return this.#person(pinned.holder, [pinned])
    const [own = ours, ...others] = await Promise.all([
      this.#self === null ? ours : this.#take(this.#self, ours),
      ...this.#others.map((claim) => this.#take(claim, ours)),
    ])
    // Somebody took our own claim for another item meanwhile, and it decides.
    if (own.holder !== id) return null
    const clashes = others.flatMap((held, index) => this.#clash(held, id, this.#others[index]))
    const found = [pinned, own, ...others].filter((held) => held !== ours)
    return { ...(await this.#person(id, found)), clashes }
  }

  /** What was read before is not asked for again; what was not is taken unread. */
  async #take(claim: ItemRef, ours: Held): Promise<Held> {
    return this.#claims.recall(claim) ?? this.#claims.take(claim, ours)
  }

  #clash(held: Held, claimant: string, claim: ItemRef | undefined): Clash[] {
    if (held.holder === claimant || claim === undefined) return []
    const { table, within } = this.#write
    return [{ table, within, claim: claim.key[1] ?? '', holder: held.holder, claimant }]
  }

  /** Whether this record made the item matters for counting; only its own claims give reason to look. */
  async #person(id: string, held: readonly Held[]): Promise<Person> {
    const isOurs = held.some(({ mark }) => mark === this.#stamp.mark) && (await this.#isOurs(id))
    return { id, isOurs, isNew: false, clashes: [] }
  }

  async #isOurs(id: string): Promise<boolean> {
    return isMadeBy(await this.#io.read(this.#item(id)), this.#stamp)
  }

  /** Null when somebody else was faster. */
  async #make(patience: Patience): Promise<Person | null> {
    const { id, self, fields, onCreate, guard } = this.#write
    const ref = this.#item(id)
    const held = { holder: id, mark: this.#stamp.mark }
    const marks = { ...birthMarks(this.#stamp, guard), ...rowMark(self) }
    const item = this.#io.checkedItem(ref, { ...toItem({ ...fields, ...onCreate }), ...marks })
    const claims = this.#all()
    const puts = claims.map((claim) => ({ table: claim.table, item: this.#io.checkedItem(claim, claimItem(held)) }))
    const lost = await transact(this.#io, [{ table: ref.table, item }, ...puts], patience)
    if (lost === null) {
      for (const claim of claims) this.#claims.keep(claim, held)
      return { id, isOurs: true, isNew: true, clashes: [] }
    }
    // The item alone is there, and nobody holds its claims: an older try made it, when the row had others.
    if (lost.size > 1 || !lost.has(0)) return null
    const person = await this.#claimFor(id)
    return person && { ...person, isOurs: await this.#isOurs(person.id) }
  }

  #all(): readonly ItemRef[] {
    return [this.#pin, this.#self, ...this.#others].filter((claim) => claim !== null)
  }

  #claim(text: string | undefined): ItemRef | null {
    return text === undefined ? null : { table: this.#write.table, key: [this.#write.within, text] }
  }

  #item(id: string): ItemRef {
    return { table: this.#write.table, key: this.#write.key(id) }
  }
}
