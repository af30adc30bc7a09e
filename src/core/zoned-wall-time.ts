// What a clock on the wall of some zone shows, as MySQL's DATETIME has it.

const formats = new Map<string, Intl.DateTimeFormat>()

/** `YYYY-MM-DD HH:MM:SS`; throws RangeError for a zone that there is not. */
export function zonedWallTime(at: Date, zone: string): string {
  return formatOf(zone).format(at).replace(',', '')
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const two = '2-digit'
  const day = { year: 'numeric', month: two, day: two } as const
  const time = { hour: two, minute: two, second: two, hourCycle: 'h23' } as const
  // The Swedish write dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, ...day, ...time })
  formats.set(timeZone, format)
  return format
}
