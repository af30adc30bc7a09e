// What may never stand in a log line: secrets and personal data. Fields that hold them are recognised by name, the rest
// by shape; when in doubt the value goes and the line stays.

const MASK = '[redacted]'

/** Names of fields whose whole value is withheld: secrets, and everything that carries a person's words or data. */
const WITHHELD =
  /pass(word|wd)?$|secret|token|authorization|cookie|credential|api_?key|e?mail|phone|^(first|last|full|sur)_?name$|comment_?text|^comment$|^reply(_?text)?$|^(row|before|after|key|item|fields|claim|holder|claimant)$/i

/** The word itself and asterisks are how we write examples. */
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*):(?!password@|\*+@)[^\s@/"]+@/gi
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi
const EMAIL = /[^\s"'<>()[\]{},;:=\\]+@[^\s"'<>()[\]{},;:=\\]+\.[^\s"'<>()[\]{},;:=\\]+/g
const PHONE = /(?<![\w.:/[,+-])(?:\+\d|\(\d|\d)[\d ().-]{5,20}\d(?!\w)/g

/** A copy of the fields of a log line with the values of withheld names masked, at any depth. */
export function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) out[name] = redactField(name, value)
  return out
}

function redactField(name: string, value: unknown): unknown {
  if (value === null || value === undefined) return value
  if (WITHHELD.test(name)) return MASK
  if (Array.isArray(value)) return value.map((entry) => redactField('', entry))
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return redactFields(value as Record<string, unknown>)
  }
  return value
}

/** The text without what looks like a secret or like somebody's address; `secrets` are masked wherever they stand. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  let out = text
  for (const secret of secrets) out = out.replaceAll(secret, MASK)
  return out
    .replace(URL_PASSWORD, `$1:${MASK}@`)
    .replace(BEARER, `$1 ${MASK}`)
    .replace(EMAIL, (found) => (found.includes(`${MASK}@`) || found.startsWith('@') ? found : MASK))
    .replace(PHONE, (found) => (isPhone(found) ? MASK : found))
}

function isPhone(text: string): boolean {
  const digits = text.replace(/\D/g, '').length
  if (text.startsWith('+')) return digits >= 7 && digits <= 15
  const isDate = /^\d{4}-\d\d?-\d/.test(text)
  const isAddress = /^\d{1,3}(\.\d{1,3}){3}$/.test(text)
  const isMariaGtid = /^\d-\d+-\d+$/.test(text)
  return digits >= 9 && digits <= 15 && !isDate && !isAddress && !isMariaGtid
}
