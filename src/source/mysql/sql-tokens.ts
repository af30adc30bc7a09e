// A statement cut into words, names and signs, as the server reads it: comments are left out, and what stands in an
// executable comment is part of the statement. What could not be decoded is part of a word, so that it is noticed.

export interface Token {
  /** A word as it is written; a quoted name or text without its quotes; any other sign. */
  readonly text: string
  readonly is: 'word' | 'name' | 'text' | 'sign'
}

const PATTERNS = [
  ['skip', /\s+|--(?=\s|$)[^\n]*|#[^\n]*|\/\*(?!M?!)[\s\S]*?(?:\*\/|$)/y],
  // The version behind `/*!` says from which server on it counts; it is in the log, so it did.
  ['skip', /\/\*M?!\d*|\*\//y],
  ['name', /`(?:[^`]|``)*`/y],
  ['text', /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"/y],
  ['word', /[\p{L}\p{N}_$@\ufffd]+/uy],
  ['sign', /[\s\S]/y],
] as const

/** MariaDB logs the variables that a statement is given in front of it; they are left out. */
export function* sqlTokens(sql: string): Iterable<Token> {
  const tokens = cut(sql)
  const first = tokens.next().value
  const second = tokens.next().value
  if (isWord(first, 'SET') && isWord(second, 'STATEMENT')) {
    for (let token = second; token && !isWord(token, 'FOR'); ) token = tokens.next().value
  } else {
    if (first) yield first
    if (second) yield second
  }
  yield* tokens
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.is === 'word' && token.text.toUpperCase() === word
}

function* cut(sql: string): Generator<Token, undefined> {
  for (let at = 0; at < sql.length; ) {
    for (const [is, pattern] of PATTERNS) {
      pattern.lastIndex = at
      const [text] = pattern.exec(sql) ?? []
      if (text === undefined) continue
      at += text.length
      if (is !== 'skip') yield { is, text: is === 'name' || is === 'text' ? unquoted(text) : text }
      break
    }
  }
}

function unquoted(text: string): string {
  const quote = text.charAt(0)
  return text.slice(1, -1).replaceAll(quote + quote, quote)
}
