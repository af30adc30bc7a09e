// Integers, bits, decimals and floats, to their ends.

import { describeTypes, quoted, same, type TypeCase } from '../../support/type-cases.ts'

const digits = (count: number, digit = '9') => digit.repeat(count)

const INTEGERS: readonly TypeCase[] = [
  { type: 'tinyint', kind: 'int', values: same(-128, -1, 0, 1, 127) },
  { type: 'tinyint unsigned', kind: 'int', values: same(0, 127, 128, 255) },
  {
    type: 'tinyint(1)',
    shown: 'tinyint',
    kind: 'int',
    values: [
      ['true', 1],
      ['false', 0],
    ],
  },
  { type: 'smallint', kind: 'int', values: same(-32768, -129, 32767) },
  { type: 'smallint unsigned', kind: 'int', values: same(0, 32768, 65535) },
  { type: 'mediumint', kind: 'int', values: same(-8388608, -1, 8388607) },
  { type: 'mediumint unsigned', kind: 'int', values: same(0, 8388608, 16777215) },
  { type: 'int', kind: 'int', values: same(-2147483648, -64, 63, 64, 2147483647) },
  { type: 'int unsigned', kind: 'long', values: same(0, 2147483648, 4294967295) },
  { type: 'int(8) unsigned zerofill', shown: 'int unsigned', kind: 'long', values: same(0, 42, 4294967295) },
  {
    type: 'bigint',
    kind: 'long',
    values: same(
      -9223372036854775808n,
      -9007199254740992n,
      -9007199254740991,
      -4294967297,
      -4294967296,
      -1,
      0,
      4294967295,
      4294967296,
      9007199254740991,
      9007199254740992n,
      9223372036854775807n,
    ),
  },
  {
    type: 'bigint unsigned',
    kind: 'ulong',
    values: same(0, 9007199254740991, 9007199254740992n, 9223372036854775808n, 18446744073709551615n),
  },
  { type: 'bigint(20) unsigned zerofill', shown: 'bigint unsigned', kind: 'ulong', values: same(0, 7) },
  {
    type: 'bit(1)',
    kind: 'bits',
    values: [
      ["b'0'", 0],
      ["b'1'", 1],
    ],
  },
  { type: 'bit(7)', kind: 'bits', values: same(0, 127) },
  { type: 'bit(8)', kind: 'bits', values: same(0, 255) },
  { type: 'bit(9)', kind: 'bits', values: same(256, 511) },
  { type: 'bit(33)', kind: 'bits', values: same(4294967296, 8589934591) },
  { type: 'bit(64)', kind: 'bits', values: same(0, 9007199254740992n, 18446744073709551615n) },
  { type: 'year', kind: 'int', values: same(0, 1901, 1999, 2155) },
]

const DECIMALS: readonly TypeCase[] = [
  {
    type: 'decimal(10,2)',
    kind: 'decimal',
    values: quoted('-99999999.99', '-0.01', '0.00', '0.10', '1.00', '99999999.99'),
  },
  { type: 'decimal(10,2) unsigned', kind: 'decimal', values: quoted('0.00', '99999999.99') },
  {
    type: 'decimal(10,2) unsigned zerofill',
    shown: 'decimal(10,2) unsigned',
    kind: 'decimal',
    values: quoted('0.50', '12.30'),
  },
  { type: 'decimal(1,0)', kind: 'decimal', values: quoted('-9', '0', '9') },
  { type: 'decimal(5,5)', kind: 'decimal', values: quoted('-0.99999', '0.00001') },
  { type: 'decimal(9,9)', kind: 'decimal', values: quoted('-0.000000001', '0.999999999') },
  { type: 'decimal(10,10)', kind: 'decimal', values: quoted('-0.0000000001', '0.1000000000') },
  { type: 'decimal(18,9)', kind: 'decimal', values: quoted('-100000000.000000001', '999999999.999999999') },
  {
    type: 'decimal(19,0)',
    kind: 'decimal',
    values: quoted('-1000000000000000000', '1000000000', '9999999999999999999'),
  },
  { type: 'decimal(28,9)', kind: 'decimal', values: quoted('1000000000000000000.000000001', '-1000000000.100000000') },
  { type: 'decimal(65,0)', kind: 'decimal', values: quoted(digits(65), `-${digits(65)}`, '1') },
  {
    type: 'decimal(65,30)',
    kind: 'decimal',
    values: quoted(
      `${digits(35)}.${digits(30)}`,
      `-${digits(35)}.${digits(30)}`,
      `-0.${digits(29, '0')}1`,
      `0.${digits(30, '0')}`,
    ),
  },
]

const FLOATS: readonly TypeCase[] = [
  {
    type: 'float',
    kind: 'float',
    values: [
      ['0', 0],
      ['1.5', 1.5],
      ['1.1', Math.fround(1.1)],
      ['16777217', 16777216],
      ['3.4028234663852886e38', 3.4028234663852886e38],
      ['-3.4028234663852886e38', -3.4028234663852886e38],
      ['1.1754943508222875e-38', 1.1754943508222875e-38],
      ['1.401298464324817e-45', 1.401298464324817e-45],
      ['123456.789', Math.fround(123456.789)],
    ],
  },
  { type: 'float unsigned', kind: 'float', values: [['0.1', Math.fround(0.1)]] },
  {
    type: 'float(7,4)',
    shown: 'float',
    kind: 'float',
    values: [
      ['999.9999', Math.fround(999.9999)],
      ['0.00004', 0],
    ],
  },
  {
    type: 'double',
    kind: 'double',
    values: [
      ['0', 0],
      ['0.1', 0.1],
      ['1.7976931348623157e308', Number.MAX_VALUE],
      ['-1.7976931348623157e308', -Number.MAX_VALUE],
      ['2.2250738585072014e-308', 2.2250738585072014e-308],
      ['5e-324', 5e-324],
      ['9007199254740993', 9007199254740992],
      ['1e15', 1e15],
      ['123456789012345678', 123456789012345680],
    ],
  },
  { type: 'double', kind: 'double', values: [["'-0'", -0]], only: 'mysql' },
  { type: 'double', kind: 'double', values: [["'-0'", 0]], only: 'mariadb' },
  {
    type: 'double(10,2)',
    shown: 'double',
    kind: 'double',
    values: [
      ['12345678.9', 12345678.9],
      ['0.006', 0.01],
    ],
  },
  {
    type: 'double(30,20)',
    shown: 'double',
    kind: 'double',
    values: [
      ['0.1', 0.1],
      ['1234567890.123456789', 1234567890.1234567],
    ],
  },
]

describeTypes([...INTEGERS, ...DECIMALS, ...FLOATS])
