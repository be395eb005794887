import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACTIONS, type ChangeContent, HEAD } from '../../../../actors/replica/epochs/change-codec.ts'
import { Order } from '../../../../actors/replica/epochs/order.ts'

/** A change that inserts behind these elements. */
function inserting(
  actor: string,
  startOp: number,
  list: string,
  ...behind: readonly string[]
): ChangeContent {
  const operations = behind.map((element) => ({
    ...{ object: list, key: null, element, insert: true, action: ACTIONS.set },
    ...{ meta: 0, value: new Uint8Array(), preds: [] },
  }))
  return { actor, seq: 1, startOp, time: 0, message: '', deps: [], operations }
}

test('elements are in the order in which the engine has them, and are given from one on to the first', () => {
  const order = new Order(new Map([['1@aa', ['2@aa', '3@aa']]]))
  const one = inserting('aa', 4, '1@aa', '2@aa', HEAD)
  const other = inserting('bb', 4, '1@aa', '2@aa', '4@bb')
  const both = [order.with(one).with(other), order.with(other).with(one)]
  for (const each of both)
    assert.deepEqual([...each.before('1@aa', '3@aa')].reverse(), [
      '5@aa',
      '2@aa',
      '4@bb',
      '5@bb',
      '4@aa',
      '3@aa',
    ])
  assert.deepEqual([...order.before('1@aa', '3@aa')], ['3@aa', '2@aa'])
})

test('of other lists and elements nothing is known', () => {
  const order = new Order(new Map([['1@aa', ['2@aa']]]))
  const more = order.with(inserting('aa', 3, '9@aa', HEAD)).with(inserting('bb', 3, '1@aa', '8@bb'))
  assert.deepEqual([...more.before('9@aa', '3@aa')], [])
  assert.deepEqual([...more.before('1@aa', '3@bb')], [])
  assert.deepEqual([...more.before('1@aa', '2@aa')], ['2@aa'])
})
