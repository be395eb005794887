import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { migrate } from '../../../storage/embedded/migrations.ts'

const FIRST = 'CREATE TABLE a (x); INSERT INTO a VALUES (1);'
const SECOND = 'ALTER TABLE a ADD y DEFAULT 2;'

function version(sql: DatabaseSync): unknown {
  return sql.prepare('PRAGMA user_version').get()!.user_version
}

test('takes the steps that are missing, once', () => {
  const sql = new DatabaseSync(':memory:')
  migrate(sql, [FIRST])
  assert.equal(version(sql), 1)
  migrate(sql, [FIRST, SECOND])
  migrate(sql, [FIRST, SECOND])
  assert.equal(version(sql), 2)
  assert.deepEqual({ ...sql.prepare('SELECT * FROM a').get() }, { x: 1, y: 2 })
})

test('a step that fails takes the others with it', () => {
  const sql = new DatabaseSync(':memory:')
  migrate(sql, [FIRST])
  assert.throws(() => migrate(sql, [FIRST, SECOND, 'CREATE nonsense;']), { code: 'ERR_SQLITE_ERROR' })
  sql.exec('ROLLBACK')
  assert.equal(version(sql), 1)
  assert.deepEqual({ ...sql.prepare('SELECT * FROM a').get() }, { x: 1 })
})

test('a database with more steps than are known is refused', () => {
  const sql = new DatabaseSync(':memory:')
  migrate(sql, [FIRST, SECOND])
  assert.throws(() => migrate(sql, [FIRST]), { code: 'STORAGE_FAILED' })
})
