import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Path } from '../../../../actors/replica/conflicts/conflict.ts'
import { Pattern } from '../../../../actors/replica/conflicts/pattern.ts'
import { type ConflictRules, RuleBook } from '../../../../actors/replica/conflicts/rules.ts'

test('a pattern matches keys by name, one step by a star, any number by two', () => {
  const table: [string, Path, boolean][] = [
    ['a/b', ['a', 'b'], true],
    ['a/b', ['a'], false],
    ['a/*', ['a', 'b'], true],
    ['a/*', ['a', 7], true],
    ['a/*', ['a', 'b', 'c'], false],
    ['a/7', ['a', 7], false],
    ['a/7', ['a', '7'], true],
    ['**', ['a', 0, 'b'], true],
    ['a/**', ['a'], true],
    ['a/**/z', ['a', 'z'], true],
    ['a/**/z', ['a', 1, 'x', 'z'], true],
    ['a/**/z', ['a', 1, 'z', 'x'], false],
    ['**/x/**/y', ['x', 'x', 'q', 'y'], true],
    ['a~1b/~0', ['a/b', '~'], true],
  ]
  for (const [pattern, path, expected] of table)
    assert.equal(new Pattern(pattern).matches(path), expected, `${pattern} and ${path.join('/')}`)
})

test('the pattern that names more from the left is followed, in whatever order the rules come', () => {
  const rules: ConflictRules = {
    '**': 'keep-all',
    'a/**': 'union',
    'a/*/c': 'lowest',
    'a/b/**': 'highest',
    'a/b/c': 'manual',
  }
  for (const given of [rules, Object.fromEntries(Object.entries(rules).reverse())]) {
    const book = new RuleBook(given)
    const nameAt = (...path: string[]) => book.policyFor(path).name
    assert.deepEqual(
      [nameAt('x'), nameAt('a', 'x'), nameAt('a', 'x', 'c'), nameAt('a', 'b', 'x'), nameAt('a', 'b', 'c')],
      ['keep-all', 'union', 'lowest', 'highest', 'manual'],
    )
  }
  assert.equal(new RuleBook().policyFor(['x']).name, 'last-writer')
  assert.equal(new RuleBook({ x: () => 1 }).policyFor(['x']).name, 'resolver x')
  assert.equal(new Pattern('**/x/**').compare(new Pattern('**/y/**')) < 0, true)
  assert.equal(new Pattern('x').compare(new Pattern('x')), 0)
  assert.equal(new Pattern('y').compare(new Pattern('x')) > 0, true)
})

test("rules that can't be followed are refused with a reason", () => {
  const many = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`k${index}`, 'manual']))
  const wrong: [unknown, RegExp][] = [
    [null, /object/],
    [[], /object/],
    [{ a: 'best' }, /"a" .*one of last-writer.*"best"/],
    [{ a: 7 }, /"a"/],
    [{ '': 'manual' }, /empty/],
    [{ '/a': 'manual' }, /without a slash/],
    [{ 'a//b': 'manual' }, /empty/],
    [{ 'a*': 'manual' }, /whole step/],
    [{ '**/**': 'manual' }, /nothing more/],
    [{ 'a~2': 'manual' }, /~0/],
    [{ constructor: 'manual' }, /"constructor"/],
    [{ $x: 'manual' }, /\$/],
    [{ [`${'a/'.repeat(50)}a`]: 'manual' }, /50 steps/],
    [many, /at most 200/],
  ]
  for (const [rules, message] of wrong)
    assert.throws(() => new RuleBook(rules as ConflictRules), { code: 'INVALID_OPTION', message })
})
