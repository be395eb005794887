import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anonymousName, checkName, splitPath } from '../../protocols/address.ts'
import { InvalidOptionError } from '../../protocols/errors.ts'

test('a path is split into its steps', () => {
  assert.deepEqual(splitPath('/user/team/reader'), ['user', 'team', 'reader'])
  assert.deepEqual(splitPath('/user'), ['user'])
})

test('what is no path has no steps', () => {
  for (const path of ['', '/', 'user', '//', '/user/', '/user//reader', undefined as unknown as string])
    assert.equal(splitPath(path), undefined, String(path))
})

test('a name is one step of a path', () => {
  for (const name of ['reader', 'reader-1', 'π', 'a.b', 'x'.repeat(255), '日本', 'a$']) checkName(name)
})

test('a name that could not stand in a path is refused, and the error shows it', () => {
  for (const name of ['', 'a/b', '$a', 'a b', ' a', 'a\n', 'x'.repeat(256), 7, null, undefined])
    assert.throws(
      () => checkName(name),
      (error) => error instanceof InvalidOptionError && error.message.startsWith(`${JSON.stringify(name)} `),
    )
})

test('the name of an actor without one follows from its serial and is no name that a user could give', () => {
  assert.equal(anonymousName(35), '$z')
  assert.notEqual(anonymousName(1), anonymousName(2))
  assert.throws(() => checkName(anonymousName(1)))
})
