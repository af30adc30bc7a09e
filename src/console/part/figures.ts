// Numbers as people read them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const fine = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

export function count(value: number): string {
  return whole.format(value)
}

/** `3 comments`, `1 comment`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}
/** Of something each second. */
export function rate(value: number | null): string {
  if (value === null) return '–'
  return `${value < 10 && value > 0 ? fine.format(value) : whole.format(value)}/s`
}

export function seconds(value: number | null): string {
  if (value === null) return '–'
  if (value < 1) return `${Math.round(value * 1_000)} ms`
  return value < 100 ? `${fine.format(value)} s` : `${whole.format(value)} s`
}

export function bytes(value: number | null): string {
  if (value === null) return '–'
  if (value < 1_024) return `${whole.format(value)} B`
  return value < 1_048_576 ? `${fine.format(value / 1_024)} KiB` : `${fine.format(value / 1_048_576)} MiB`
}
