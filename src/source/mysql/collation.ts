// Which character set a collation belongs to. The binary log names collations by the servers' own numbers.

/** Ranges of numbers, of MySQL and MariaDB alike; single ones where a set has them scattered. */
const COLLATIONS: Readonly<Record<string, string>> = {
  armscii8: '32 64',
  ascii: '11 65',
  big5: '1 84',
  binary: '63',
  cp1250: '26 34 44 66 99',
  cp1251: '14 23 50-52',
  cp1256: '57 67',
  cp1257: '29 58 59',
  cp850: '4 80',
  cp852: '40 81',
  cp866: '36 68',
  cp932: '95 96',
  dec8: '3 69',
  eucjpms: '97 98',
  euckr: '19 85',
  gb18030: '248-250',
  gb2312: '24 86',
  gbk: '28 87',
  geostd8: '92 93',
  greek: '25 70',
  hebrew: '16 71',
  hp8: '6 72',
  keybcs2: '37 73',
  koi8r: '7 74',
  koi8u: '22 75',
  latin1: '5 8 15 31 47-49 94',
  latin2: '2 9 21 27 77',
  latin5: '30 78',
  latin7: '20 41 42 79',
  macce: '38 43',
  macroman: '39 53',
  sjis: '13 88',
  swe7: '10 82',
  tis620: '18 89',
  ucs2: '35 90 128-159 640-671 2560-2815',
  ujis: '12 91',
  utf16: '54 55 101-124 672-703 2816-3071',
  utf16le: '56 62',
  utf32: '60 61 160-191 736-767 3072-3327',
  utf8mb3: '33 76 83 192-223 576-607 2048-2303',
  utf8mb4: '45 46 224-247 255-575 608-639 2304-2559',
}

/** MariaDB's variants without padding are numbered behind the collations they vary. */
const NO_PAD_FROM = 1024
const NO_PAD_TO = 1279

const byNumber = new Map<number, string>()
for (const [charset, ranges] of Object.entries(COLLATIONS)) {
  for (const range of ranges.split(' ')) {
    const [first = 0, last = first] = range.split('-').map(Number)
    for (let number = first; number <= last; number++) byNumber.set(number, charset)
  }
}

/** Null for a number that no server is known to use: somebody's own collation. */
export function charsetOfCollation(number: number): string | null {
  const isNoPad = number >= NO_PAD_FROM && number <= NO_PAD_TO
  return byNumber.get(isNoPad ? number - NO_PAD_FROM : number) ?? null
}
