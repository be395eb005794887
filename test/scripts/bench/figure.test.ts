import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readFigures, readSizes, writeSizes } from '../../../scripts/bench/figure.ts'

describe('the figures that a program prints', () => {
  test('are read line by line', () => {
    const ask = { name: 'ask', unit: 'asks/s', value: 1_000 }
    const p50 = { name: 'ask p50', unit: 'µs', value: 0.9 }
    assert.deepEqual(readFigures(`${JSON.stringify(ask)}\n${JSON.stringify(p50)}\n\n`), [ask, p50])
  })

  test('are nothing but figures', () => {
    assert.throws(() => readFigures('hello'), SyntaxError)
    assert.throws(() => readFigures('{"name":"ask"}'), /no figure/)
  })
})

describe('the sizes that a program is given', () => {
  test('are read as they were written', () => {
    const sizes = { rounds: 3, messages: 2_000_000 }
    assert.deepEqual(writeSizes(sizes), ['rounds=3', 'messages=2000000'])
    assert.deepEqual(readSizes(writeSizes(sizes)), sizes)
  })

  test('are numbers with a name', () => {
    for (const wrong of ['rounds', 'rounds=', '=3', 'rounds=many'])
      assert.throws(() => readSizes([wrong]), /name=number/)
  })
})
