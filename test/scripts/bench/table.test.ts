import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { figuresOf } from '../../../scripts/bench/report.ts'
import { formatRatio, formatValue, renderFigures } from '../../../scripts/bench/table.ts'
import { outcomes, rate, workload } from './sample.ts'

test('values have three digits and the letter of their thousands', () => {
  const written = [12_345_678, 1_234_567, 999_500, 98_765, 1_234, 99.96, 12.34, 1.234, 0.0123, 0].map(
    formatValue,
  )
  assert.deepEqual(written, [
    '12.3 M',
    '1.23 M',
    '1.00 M',
    '98.8 k',
    '1234',
    '100',
    '12.3',
    '1.23',
    '0.012',
    '0.00',
  ])
})

test('ratios have three digits where that says something', () => {
  assert.deepEqual([12.34, 3.456, 0.1234, 0.00123].map(formatRatio), ['12', '3.46', '0.12', '0.0012'])
})

describe('the table', () => {
  const pingPong = workload('ping-pong', { 'ping-pong': { ...rate, note: 'by tell' } })
  const own = outcomes(pingPong, 'neuroplex', [9_000_000, 12_000_000, 10_000_000])
  const figures = figuresOf([pingPong], [...own, ...outcomes(pingPong, 'erlang', [2_000_000])])
  const lines = renderFigures(figures).split('\n')
  const line = (part: string) => lines.find((candidate) => candidate.includes(part)) ?? ''

  test('has a row for neuroplex with its median and extremes', () => {
    assert.match(line('ping-pong'), /messages\/s.*neuroplex.*10\.0 M.*9\.00 M – 12\.0 M/)
  })

  test('has a row for each peer, with the ratio', () => {
    assert.match(line('erlang'), /2\.00 M.*5\.00×/)
  })

  test('says what was to be reached and what is to be known', () => {
    assert.match(line('target'), /at least 3× erlang: reached/)
    assert.match(line('note'), /by tell/)
  })

  test('admits that a target could not be judged', () => {
    const alone = renderFigures(figuresOf([pingPong], own))
    assert.match(alone, /unknown, since that peer took no part/)
  })
})
