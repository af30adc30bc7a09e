// Numbers as people read them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

export function count(value: number): string {
  return whole.format(value)
}

/** `3 comments`, `1 comment`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}
