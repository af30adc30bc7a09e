// Decimals in the one form in which columns keep them: no zeros before the number, and all digits of the scale behind the point.

const FORM = /^(?:0|[1-9]\d*)(?:\.\d+)?$/u

/** False of negative ones, which may be in it as well. */
export function isKeptForm(text: string, scale: number): boolean {
  const point = text.indexOf('.')
  return (point === -1 ? 0 : text.length - point - 1) === scale && FORM.test(text)
}
