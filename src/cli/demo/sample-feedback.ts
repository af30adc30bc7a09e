// What guests of a few restaurants write: made up, but with everything real feedback has, from returning guests who
// spell their address differently each time to guests who leave neither address nor number.

export interface SampleVenue {
  readonly name: string
  readonly address: string
  readonly city: string
  readonly phone: string
  readonly timezone: string
}

export interface SampleGuest {
  readonly first: string
  readonly last: string
  readonly email: string | null
  readonly phone: string | null
}

export interface SampleComment {
  readonly text: string
  readonly rating: number
  readonly device: string
  readonly place: string
}

export const SAMPLE_VENUES: readonly SampleVenue[] = [
  ['Opus Ocean Grille', '1 Shoreline Drive', 'Jupiter', '(561) 555-0101', 'America/New_York'],
  ['Bella Vista', '48 Columbus Avenue', 'San Francisco', '(415) 555-0148', 'America/Los_Angeles'],
  ['Downtown Bistro', '212 Main Street', 'Austin', '(512) 555-0112', 'America/Chicago'],
  ['Kissa Tanuki', '9 Yamate Lane', 'Seattle', '(206) 555-0199', 'America/Los_Angeles'],
  ['Casa Lucero', '77 Canyon Road', 'Santa Fe', '(505) 555-0177', 'America/Denver'],
].map(([name = '', address = '', city = '', phone = '', timezone = '']) => ({ name, address, city, phone, timezone }))

const FIRST = 'Ava Noah Mia Liam Zoë Omar Ines Kai Priya Jonas Chloé Diego Aiko Femi Lena Marek'.split(' ')
const LAST = 'Okafor Jensen Ruiz Novák Sato Meyer Haddad Silva Byrne Costa Lindqvist Park Nguyen Rossi'.split(' ')
const DEVICES = ['iPhone', 'Android', 'iPad at the table', 'Receipt QR code', 'Chrome on Windows']

const OPENINGS: Readonly<Record<number, readonly string[]>> = {
  5: ['Wonderful evening.', 'Best in town!', 'We will be back.', 'Felt like home.', 'Perfect from start to finish.'],
  4: ['Very good overall.', 'Nearly perfect.', 'Lovely place.', 'Solid, as always.'],
  3: ['It was all right.', 'Mixed feelings.', 'Good food, slow night.'],
  2: ['Expected more.', 'Not our best visit.', 'Too loud to talk.'],
  1: ['Waited an hour.', 'Sorry, no.', 'Cold food, no apology.'],
}
const SUBJECTS = [
  'The sea bass',
  'The tasting menu',
  'Our server Marta',
  'The terrace',
  'The ramen',
  'Brunch',
  'The wine list',
  'Dessert',
  'The new patio',
  'The kids’ menu',
]
const VERDICTS: Readonly<Record<number, readonly string[]>> = {
  5: ['was outstanding', 'made our night', 'was worth the trip', 'could not be better'],
  4: ['was great', 'was a nice surprise', 'was fresh and quick'],
  3: ['was fine', 'was a bit bland', 'was better last time'],
  2: ['was lukewarm', 'was overpriced', 'took for ever'],
  1: ['was inedible', 'never came', 'was a let-down'],
}
const RATINGS = [5, 5, 5, 5, 4, 4, 4, 3, 3, 2, 1]

export type Random = () => number

export function sampleGuest(random: Random): SampleGuest {
  const first = pick(FIRST, random)
  const last = pick(LAST, random)
  const kind = random()
  const plain = `${first}.${last}${Math.floor(random() * 90) + 10}`.normalize('NFD').replace(/[^\w.]/g, '')
  const email = kind < 0.75 ? `${plain.toLowerCase()}@example.com` : null
  const phone = kind > 0.55 && kind < 0.93 ? `305-555-0${String(Math.floor(random() * 200)).padStart(3, '0')}` : null
  return { first, last, email, phone }
}

/** The same person as the legacy forms would store them on another day. */
export function retyped(guest: SampleGuest, random: Random): SampleGuest {
  const email = guest.email !== null && random() < 0.5 ? ` ${guest.email.toUpperCase()}` : guest.email
  const phone = guest.phone !== null && random() < 0.5 ? guest.phone.replaceAll('-', '.') : guest.phone
  return { ...guest, email, phone }
}

export function sampleComment(random: Random): SampleComment {
  const rating = pick(RATINGS, random)
  const opening = pick(OPENINGS[rating] ?? [''], random)
  const text = `${opening} ${pick(SUBJECTS, random)} ${pick(VERDICTS[rating] ?? [''], random)}.`
  return { text, rating, device: pick(DEVICES, random), place: `table ${Math.floor(random() * 24) + 1}` }
}

export function pick<Choice>(from: readonly Choice[], random: Random): Choice {
  const chosen = from[Math.floor(random() * from.length)]
  if (chosen === undefined) throw new RangeError('nothing to pick from')
  return chosen
}
