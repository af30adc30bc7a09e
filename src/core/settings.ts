// What connectors' settings hold, as a mapping needs it.

/** Every declared setting has a value by the time a mapping is called. */
export function text(setting: string | undefined): string {
  return setting ?? ''
}

/** The names of two key attributes: `pk,sk`. */
export function keyNames(setting: string | undefined): readonly [string, string] {
  const [pk = 'pk', sk = 'sk'] = text(setting).split(',')
  return [pk, sk]
}

export function keyNamesFault(setting: string): string | null {
  return /^[^,\s]+,[^,\s]+$/u.test(setting) ? null : 'two attribute names with a comma between them'
}
