import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readArguments } from '../../../scripts/bench/arguments.ts'

const known = ['ping-pong', 'ring', 'ask']
const read = (...args: string[]) => readArguments(args, known)

describe('the arguments of npm run bench', () => {
  test('are five runs of everything by default, with peers', () => {
    const all = { help: false, only: [], runs: 5, peers: true, quick: false, wait: 0, json: undefined }
    assert.deepEqual(read(), all)
  })

  test('choose workloads one by one or with commas', () => {
    assert.deepEqual(read('--only', 'ring', '--only', 'ask').only, ['ring', 'ask'])
    assert.deepEqual(read('--only', 'ring,ask').only, ['ring', 'ask'])
  })

  test('make it one run where it has to be quick, unless told otherwise', () => {
    assert.equal(read('--quick').runs, 1)
    assert.equal(read('--quick', '--runs', '2').runs, 2)
  })

  test('leave the peers out and name a file', () => {
    const { peers, json } = read('--no-peers', '--json', 'figures.json')
    assert.equal(peers, false)
    assert.equal(json, 'figures.json')
  })

  test('refuse a workload that is not there, and say which are', () => {
    assert.throws(() => read('--only', 'pong'), /no workload "pong".*ping-pong, ring, ask/)
  })

  test('refuse a number of runs that is none', () => {
    for (const runs of ['0', '1.5', 'many']) assert.throws(() => read('--runs', runs), /whole number/)
  })

  test('say how long to wait for a quiet machine', () => {
    assert.equal(read('--wait', '30').wait, 30)
    for (const wait of ['', '-1', 'long']) assert.throws(() => read('--wait', wait))
  })

  test('refuse what they do not know', () => {
    assert.throws(() => read('--fast'), /--fast/)
  })
})
