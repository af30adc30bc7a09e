// When two notations mean the same person: the normal forms of e-mail addresses and phone numbers, or null for text
// that identifies nobody.

import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min'

const DIGITS_MIN = 5

export function normalEmail(text: string | null): string | null {
  if (text === null) return null
  const normal = text.normalize('NFKC').replace(/\s+/gu, '').toLowerCase()
  return /^[^@]+@[^@]+$/u.test(normal) ? normal : null
}

/** E.164 where the number can be one, read as a number of `country` when it names none; else its bare digits. */
export function normalPhone(text: string | null, country: string): string | null {
  if (text === null) return null
  const plain = text.normalize('NFKC')
  const parsed = parsePhoneNumberFromString(plain, country as CountryCode)
  if (parsed?.isPossible()) return parsed.number
  const digits = plain.replace(/\D/gu, '')
  return digits.length >= DIGITS_MIN ? digits : null
}

/** Null where there is none. */
export function fullName(first: string | null, last: string | null): string | null {
  return [first, last].filter((part) => part !== null).join(' ') || null
}

/** What a person is recognised by in a venue: e-mail first, then phone. */
export function claimsOf(email: string | null, phone: string | null, country: string): readonly string[] {
  const mail = normalEmail(email)
  const number = normalPhone(phone, country)
  return [...(mail === null ? [] : [`EMAIL#${mail}`]), ...(number === null ? [] : [`PHONE#${number}`])]
}
