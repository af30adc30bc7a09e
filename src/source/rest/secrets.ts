// How the credentials of an API go into a request, and how they are kept out of everything that is written down.

import type { RestAuth } from '../../core/rest-auth.ts'

/** Sets what the credentials ask for. */
export function authorize(auth: RestAuth, url: URL, headers: Record<string, string>): void {
  if (auth.type === 'bearer') headers.authorization = `Bearer ${auth.token}`
  if (auth.type === 'basic') headers.authorization = `Basic ${base64(auth)}`
  if (auth.type !== 'apiKey') return
  if (auth.in === 'header') headers[auth.name.toLowerCase()] = auth.key
  else url.searchParams.set(auth.name, auth.key)
}

/** A URL without what `authorize` puts into it. */
export function withoutAuth(auth: RestAuth, url: URL): URL {
  const bare = new URL(url)
  if (auth.type === 'apiKey' && auth.in === 'query') bare.searchParams.delete(auth.name)
  return bare
}

/** Shorter ones are found by chance in what has nothing to do with them. */
const TELLING_LENGTH = 8
const CUT_LENGTH = 4

export class Secrets {
  readonly #forms: readonly RegExp[]
  readonly #telling: readonly RegExp[]

  constructor(auth: RestAuth) {
    const values = secretsOf(auth)
    this.#forms = values.map(formsOf)
    this.#telling = values.filter((one) => one.length >= TELLING_LENGTH).map(formsOf)
  }

  hide(text: string): string {
    return this.#forms.reduce((shown, form) => shown.replace(form, '***'), text)
  }

  /** That it is in there can be no accident. */
  areIn(text: string): boolean {
    return this.#telling.some((form) => text.search(form) >= 0)
  }
}

/** The longest first: one may be part of another. */
function secretsOf(auth: RestAuth): readonly string[] {
  switch (auth.type) {
    case 'none':
      return []
    case 'bearer':
      return [auth.token]
    case 'apiKey':
      return [auth.key]
    case 'basic':
      return [base64(auth), ...(auth.password === '' ? [] : [auth.password])]
  }
}

/** However it is written, and its beginning where the text was cut within it. */
function formsOf(value: string): RegExp {
  const forms = [...value].map(characterForms)
  const between = String.raw`\\*`
  const cut = forms.slice(CUT_LENGTH).reduceRight((rest, form) => `(?:${between}${form}${rest})?`, '')
  const beginning = `${forms.slice(0, CUT_LENGTH).join(between)}${cut}${between}$`
  return new RegExp(value.length < TELLING_LENGTH ? forms.join(between) : `${forms.join(between)}|${beginning}`, 'gi')
}

/** As it is, percent-encoded, or escaped in JSON, be it JSON within JSON. */
function characterForms(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => `u${hex(character.charCodeAt(index), 4)}`)
  const percent = [...Buffer.from(character)].map((byte) => `%${hex(byte, 2)}`).join('')
  const literal = units.map((unit) => `\\${unit}`).join('')
  const plus = character === ' ' ? String.raw`|\+` : ''
  return `(?:${literal}|${percent}|${units.join(String.raw`\\+`)}${plus})`
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}

function base64({ user, password }: { readonly user: string; readonly password: string }): string {
  return Buffer.from(`${user}:${password}`).toString('base64')
}
