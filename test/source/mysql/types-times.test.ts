// Dates and times: zero, partial and invalid ones as well, and all digits of a second.

import { describeTypes, quoted, type TypeCase } from '../../support/type-cases.ts'

const TIMES: readonly TypeCase[] = [
  {
    type: 'date',
    kind: 'date',
    values: quoted(
      '0000-00-00',
      '0000-01-01',
      '1000-01-01',
      '2024-02-29',
      '2024-00-00',
      '2024-02-00',
      '2023-02-31',
      '9999-12-31',
    ),
  },
  {
    type: 'datetime',
    kind: 'datetime',
    values: quoted(
      '0000-00-00 00:00:00',
      '1000-01-01 00:00:00',
      '2024-00-15 23:59:59',
      '2023-02-31 10:00:00',
      '9999-12-31 23:59:59',
    ),
  },
  {
    type: 'timestamp',
    kind: 'timestamp',
    values: [
      ["'0000-00-00 00:00:00'", '0000-00-00T00:00:00Z'],
      ["'1970-01-01 00:00:01'", '1970-01-01T00:00:01Z'],
      ["'2024-02-29 12:34:56'", '2024-02-29T12:34:56Z'],
      ["'2038-01-19 03:14:07'", '2038-01-19T03:14:07Z'],
    ],
  },
  {
    type: 'time',
    kind: 'time',
    values: quoted('-838:59:59', '-00:00:01', '00:00:00', '23:59:59', '100:00:00', '838:59:59'),
  },
  ...[1, 2, 3, 4, 5, 6].flatMap((scale): TypeCase[] => {
    const fraction = '987654'.slice(0, scale)
    const least = '000001'.slice(6 - scale)
    return [
      {
        type: `datetime(${scale})`,
        kind: 'datetime',
        values: quoted(
          `0000-00-00 00:00:00.${'0'.repeat(scale)}`,
          `2024-02-29 23:59:59.${fraction}`,
          `1000-01-01 00:00:00.${least}`,
          `9999-12-31 23:59:59.${'9'.repeat(scale)}`,
        ),
      },
      {
        type: `time(${scale})`,
        kind: 'time',
        values: quoted(
          `-838:59:58.${fraction}`,
          `-00:00:00.${least}`,
          `-00:00:01.${'0'.repeat(scale)}`,
          `-12:34:56.${fraction}`,
          `00:00:00.${least}`,
          `838:59:58.${'9'.repeat(scale)}`,
        ),
      },
      {
        type: `timestamp(${scale})`,
        kind: 'timestamp',
        values: [
          ["'0000-00-00 00:00:00'", `0000-00-00T00:00:00.${'0'.repeat(scale)}Z`],
          [`'1970-01-01 00:00:01.${least}'`, `1970-01-01T00:00:01.${least}Z`],
          [`'2038-01-19 03:14:07.${fraction}'`, `2038-01-19T03:14:07.${fraction}Z`],
        ],
      },
    ]
  }),
]

describeTypes(TIMES)
