// Names and texts as they stand in SQL. Texts go as hexadecimal, which no sql_mode reads differently.

export function quotedName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

export function quotedText(text: string): string {
  return text === '' ? "''" : `_utf8mb4 X'${Buffer.from(text).toString('hex')}'`
}
