import { expect, test } from 'vitest'
import { readStatement } from '../../../src/source/mysql/statement.ts'

test.each([
  ['BEGIN', { does: 'begin' }],
  ['COMMIT', { does: 'commit' }],
  ['ROLLBACK', { does: 'rollback' }],
  ['SAVEPOINT `Here`', { does: 'savepoint', name: 'here' }],
  ['ROLLBACK TO `here`', { does: 'rollback-to', name: 'here' }],
  ['rollback work to savepoint here', { does: 'rollback-to', name: 'here' }],
  ["XA START X'7831',X'',1", { does: 'xa-start', xid: "x'7831',x'',1" }],
  ["XA COMMIT X'7831',X'',1", { does: 'xa-commit', xid: "x'7831',x'',1" }],
  ["XA ROLLBACK X'7831',X'',1", { does: 'xa-rollback', xid: "x'7831',x'',1" }],
  ["XA END X'7831',X'',1", { does: 'other' }],
  ['/* from the app */ insert into t values (1)', { does: 'change' }],
  ['-- a comment\n# another\nUPDATE t SET v = 1;', { does: 'change' }],
  ['/*!50000 insert into t values (1) */', { does: 'change' }],
  ["SET STATEMENT binlog_format='STATEMENT' FOR DELETE FROM t", { does: 'change' }],
  ['WITH x AS (SELECT 1) DELETE FROM t', { does: 'change' }],
  ['ALTER TABLE t ADD c int', { does: 'other' }],
  ['CREATE TABLE `d`.`c` (\n  `id` int NOT NULL\n) START TRANSACTION', { does: 'other' }],
  ['ANALYZE TABLE t', { does: 'other' }],
])('%j', (sql, expected) => {
  expect(readStatement(sql)).toEqual(expected)
})
