// Primary keys of all kinds: the column, and values in the order of the key.

export type KeyCase = readonly [what: string, column: string, values: readonly string[]]

export const KEY_CASES: readonly KeyCase[] = [
  ['big numbers', 'id bigint unsigned', ['1', '9007199254740993', '18446744073709551615']],
  ['text without regard to case', 'id varchar(20) CHARACTER SET latin1', ["'a'", "'B'", "'it''s'", "'z'", "'ä1'"]],
  ['text with regard to case', 'id varchar(20) COLLATE utf8mb4_bin', ["'A'", "'B'", "'a'", "'é'", "'日本'"]],
  ['bytes', 'id varbinary(8)', ["X'00'", "X'0041'", "X'27'", "X'ff00'"]],
  ['labels', "id enum('small','big','extra')", ["'small'", "'big'", "'extra'"]],
  ['dates', 'id date', ["'1999-12-31'", "'2026-01-01'", "'2026-01-02'"]],
  ['moments', 'id timestamp(3)', ["'2026-01-01 00:00:00.001'", "'2026-01-01 00:00:00.002'", "'2026-03-29 02:30:00'"]],
  ['decimals', 'id decimal(30,10)', ['-1.5', '0', '0.0000000001', '12345678901234567890.0000000001']],
  ['floats', 'id double', ['-1.5e300', '0.1', '0.30000000000000004', '1e-5 + 1']],
  ['hours', 'id time(2)', ["'-10:00:00'", "'01:02:03.45'", "'99:00:00'"]],
  ['bits', 'id bit(40)', ["b'1'", "b'1000000000000000000000000000000000000000'"]],
]
