// A double as the servers print it: the shortest digits that read back as the same number, with an exponent where the
// point would stand far from them.

/** Digits the point may be away from the first one before an exponent says where it is. */
const POINT_DISTANCE_MAX = 15

export function doubleText(value: number): string {
  const [, sign = '', digits = '', fraction = '', exponent = '0'] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential()) ?? []
  const isNegativeZero = Object.is(value, -0)
  const all = digits + fraction
  const point = Number(exponent) + 1
  return (isNegativeZero ? '-' : sign) + place(all, point)
}

/** Puts the point behind so many of the digits. */
function place(digits: string, point: number): string {
  const isWhole = digits.length <= point
  if ((isWhole && point > POINT_DISTANCE_MAX) || point < 1 - POINT_DISTANCE_MAX) {
    const mantissa = digits.length === 1 ? digits : `${digits[0]}.${digits.slice(1)}`
    return `${mantissa}e${point - 1}`
  }
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`
  if (isWhole) return digits.padEnd(point, '0')
  return `${digits.slice(0, point)}.${digits.slice(point)}`
}
