// Text, bytes, labels, geometries, and what only one of the servers has.

import { bytes, describeTypes, quoted, type TypeCase } from '../../support/type-cases.ts'

const many = Array.from({ length: 300 }, (_, index) => `label ${index}`)
const list = (labels: readonly string[]) => labels.map((label) => `'${label}'`).join(',')
const flags = Array.from({ length: 64 }, (_, index) => `flag${index}`)

const STRINGS: readonly TypeCase[] = [
  {
    type: 'char(5)',
    kind: 'text',
    values: [
      ["'ab  '", 'ab'],
      ["''", ''],
      ["'日本語🍜é'", '日本語🍜é'],
    ],
  },
  {
    type: 'char(255)',
    kind: 'text',
    values: [
      ["REPEAT('🍜', 255)", '🍜'.repeat(255)],
      ["' x '", ' x'],
    ],
  },
  { type: 'char(0)', kind: 'text', values: [["''", '']] },
  {
    type: 'varchar(63)',
    kind: 'text',
    values: [
      ["REPEAT('🍜', 63)", '🍜'.repeat(63)],
      ["'x  '", 'x  '],
    ],
  },
  { type: 'varchar(64)', kind: 'text', values: [["REPEAT('🍜', 64)", '🍜'.repeat(64)]] },
  {
    type: 'varchar(10000)',
    kind: 'text',
    values: [
      ["REPEAT('é', 10000)", 'é'.repeat(10000)],
      ["'\\0\\n'", '\0\n'],
    ],
  },
  { type: 'tinytext', kind: 'text', values: [["REPEAT('a', 255)", 'a'.repeat(255)]] },
  {
    type: 'text',
    kind: 'text',
    values: [
      ["REPEAT('a', 65535)", 'a'.repeat(65535)],
      ["''", ''],
    ],
  },
  { type: 'mediumtext', kind: 'text', values: [["REPEAT('ab', 50000)", 'ab'.repeat(50000)]] },
  { type: 'longtext', kind: 'text', values: [["REPEAT('🍜', 600000)", '🍜'.repeat(600000)]] },
  {
    type: 'binary(4)',
    kind: 'bytes',
    values: [
      ["X'01'", bytes('01000000')],
      ["X''", bytes('00000000')],
      ["X'00FF0020'", bytes('00ff0020')],
    ],
  },
  { type: 'binary(255)', kind: 'bytes', values: [["X'AA'", bytes(`aa${'00'.repeat(254)}`)]] },
  {
    type: 'varbinary(300)',
    kind: 'bytes',
    values: [
      ["X'0100'", bytes('0100')],
      ["X''", bytes('')],
      ["REPEAT(X'FE', 300)", bytes('fe'.repeat(300))],
    ],
  },
  { type: 'tinyblob', kind: 'bytes', values: [["X'C328'", bytes('c328')]] },
  { type: 'blob', kind: 'bytes', values: [["REPEAT(X'00', 65535)", bytes('00'.repeat(65535))]] },
  { type: 'mediumblob', kind: 'bytes', values: [["X'FF'", bytes('ff')]] },
  { type: 'longblob', kind: 'bytes', values: [["REPEAT(X'F1', 2000000)", bytes('f1'.repeat(2000000))]] },
  {
    type: "enum('a','é','it''s','a,b','日本','🍜')",
    shown: "enum('a','é','it''s','a,b','日本','?')",
    kind: 'enum',
    values: [...quoted('a', 'é', 'a,b', '日本', '🍜'), ["'it''s'", "it's"], ["'none of them'", '']],
  },
  {
    type: "enum('back\\\\slash','line\\nbreak')",
    shown: "enum('back\\slash','line\nbreak')",
    kind: 'enum',
    values: [
      ['1', 'back\\slash'],
      ['2', 'line\nbreak'],
    ],
  },
  { type: `enum(${list(many)})`, kind: 'enum', values: quoted('label 0', 'label 254', 'label 255', 'label 299') },
  { type: "set('x','é','🍜')", shown: "set('x','é','?')", kind: 'set', values: quoted('', 'x', 'x,é', 'x,é,🍜', '🍜') },
  { type: `set(${list(flags)})`, kind: 'set', values: quoted('flag63', flags.join(','), 'flag31,flag32') },
  { type: "enum('é','ß') character set latin1", shown: "enum('é','ß')", kind: 'enum', values: quoted('é', 'ß') },
  { type: "set('да','нет') character set cp1251", shown: "set('да','нет')", kind: 'set', values: quoted('да,нет') },
  { type: "enum('é','字') character set ucs2", shown: "enum('é','字')", kind: 'enum', values: quoted('é', '字') },
]

const origin = '00'.repeat(16)
const point = '0101000000000000000000f03f0000000000000040'
/** What the server makes of a shape in text, in bytes behind the number of its reference system. */
const shape = (type: string, text: string, ...parts: string[]): TypeCase => ({
  type,
  kind: 'bytes',
  values: [[`ST_GeomFromText('${text}')`, bytes(`00000000${parts.join('')}`)]],
})
const ring = `0103000000${'01000000'}04000000${origin.repeat(4)}`

const GEOMETRIES: readonly TypeCase[] = [
  {
    type: 'geometry',
    kind: 'bytes',
    values: [["ST_GeomFromText('POINT(1 2)', 4326)", bytes(`e6100000${point}`)]],
    only: 'mariadb',
  },
  {
    // Latitude comes first in the text.
    type: 'geometry',
    kind: 'bytes',
    values: [["ST_GeomFromText('POINT(2 1)', 4326)", bytes(`e6100000${point}`)]],
    only: 'mysql',
  },
  shape('point', 'POINT(1 2)', point),
  shape('linestring', 'LINESTRING(0 0, 0 0)', '0102000000', '02000000', origin.repeat(2)),
  shape('polygon', 'POLYGON((0 0, 0 0, 0 0, 0 0))', ring),
  shape('multipoint', 'MULTIPOINT(1 2, 1 2)', '0104000000', '02000000', point, point),
  shape(
    'multilinestring',
    'MULTILINESTRING((0 0, 0 0))',
    '0105000000',
    '01000000',
    '0102000000',
    '02000000',
    origin.repeat(2),
  ),
  shape('multipolygon', 'MULTIPOLYGON(((0 0, 0 0, 0 0, 0 0)))', '0106000000', '01000000', ring),
  shape('geometrycollection', 'GEOMETRYCOLLECTION(POINT(1 2))', '0107000000', '01000000', point),
]

const uuid = '00112233-4455-1677-8899-aabbccddee00'
const OWN: readonly TypeCase[] = [
  {
    type: 'vector(3)',
    kind: 'bytes',
    values: [["TO_VECTOR('[1,-2,0]')", bytes('0000803f000000c000000000')]],
    only: 'mysql',
  },
  {
    type: 'uuid',
    shown: 'binary(16)',
    kind: 'bytes',
    values: [
      [`'${uuid}'`, bytes(uuid.replaceAll('-', ''))],
      ["'00112233-4455-4677-8899-aabbccddeeff'", bytes('00112233445546778899aabbccddeeff')],
    ],
    only: 'mariadb',
  },
  {
    type: 'inet6',
    shown: 'binary(16)',
    kind: 'bytes',
    values: [
      ["'::'", bytes('00'.repeat(16))],
      ["'2001:db8::ff00:42:8329'", bytes('20010db8000000000000ff0000428329')],
    ],
    only: 'mariadb',
  },
  { type: 'inet4', shown: 'binary(4)', kind: 'bytes', values: [["'10.0.0.0'", bytes('0a000000')]], only: 'mariadb' },
  {
    type: 'json',
    shown: 'longtext',
    kind: 'text',
    values: [[`'{"b": 1,  "a":2}'`, '{"b": 1,  "a":2}']],
    only: 'mariadb',
  },
  {
    type: 'varchar(500) compressed',
    shown: 'varchar(500)',
    kind: 'text',
    values: [
      ["''", ''],
      ["'short'", 'short'],
      ["REPEAT('long', 125)", 'long'.repeat(125)],
    ],
    only: 'mariadb',
  },
  {
    type: 'text compressed character set latin1',
    shown: 'text',
    kind: 'text',
    values: [["REPEAT('é', 60000)", 'é'.repeat(60000)]],
    only: 'mariadb',
  },
  {
    type: 'blob compressed',
    shown: 'blob',
    kind: 'bytes',
    values: [["REPEAT(X'00', 1000)", bytes('00'.repeat(1000))]],
    only: 'mariadb',
  },
]

describeTypes([...STRINGS, ...GEOMETRIES, ...OWN])
