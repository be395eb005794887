import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Document } from '../../../../actors/replica/document/document.ts'
import type { DocumentPatch } from '../../../../actors/replica/document/patch.ts'
import { read } from '../../../../actors/replica/document/read.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { follow, thawed } from './follow.ts'
import { plain } from './plain.ts'

interface Root {
  list: unknown[]
}

const BY = { author: '/user/agent-1' }
const OPTIONS = { id: 'agent-state/s', type: 'agent-state' }

const VALUES: readonly (() => unknown)[] = [
  () => 'c',
  () => 1.5,
  () => new Date(7),
  () => new Uint8Array([1]),
  () => new Counter(3),
  () => new Text('c'),
  () => ({ c: [new Text('c')] }),
  () => [{ c: 1 }],
]

/** Four replicas of a list. */
function start(list: unknown[]): [Document<Root>, Document<Root>, Document<Root>, Document<Root>] {
  const first = Document.create<Root>({ ...OPTIONS, actor: 'a0', initial: { list } })
  const copy = (actor: string) => Document.load<Root>({ ...OPTIONS, actor }, [first.save()])
  return [first, copy('b1'), copy('b2'), copy('b3')]
}

function edit(document: Document<Root>, run: (list: unknown[]) => void): void {
  document.edit(({ list }) => run(list), BY)
  document.commit(0)
}

/** Receives all at once; what is shown has to be what the engine has, and who follows what is told has to have it. */
function receive(document: Document<Root>, ...others: readonly Document<Root>[]): unknown {
  const followed = thawed(document.view()) as { list: unknown[] }
  document.onPatches((patches) => {
    for (const patch of patches) follow(followed as never, patch)
  })
  document.receive(others.flatMap((other) => other.changesSince(document.heads)))
  assert.deepEqual(plain(document.view()), plain(read(document.handle, '/')))
  assert.deepEqual(plain(followed), plain(document.view()))
  return plain(document.view().list)
}

test('what is appended behind an element that was deleted there and replaced here is shown behind it', () => {
  const [here, there] = start(['a', 'b'])
  edit(here, (list) => {
    list[1] = 'c'
  })
  edit(there, (list) => list.push('d', { e: [new Text('f')] }))
  edit(there, (list) => {
    list.unshift('z')
    list.splice(2, 1)
  })
  assert.deepEqual(receive(here, there), ['z', 'a', 'c', 'd', { e: [{ text: 'f' }] }])
})

test('what is appended behind an element that others delete and replace at once is shown behind it', () => {
  const [here, one, other] = start(['a', 'b'])
  edit(one, (list) => list.push(new Text(''), 'd'))
  edit(one, (list) => {
    list[1] = ['c', { d: 1 }]
  })
  for (let left = 6; left > 0; left--) edit(other, (list) => void (list[0] = 'a'))
  edit(other, (list) => list.pop())
  assert.deepEqual(receive(here, one, other), ['a', ['c', { d: 1 }], { text: '' }, 'd'])
})

test('what is inserted before such an element stays before it', () => {
  const [here, there] = start(['a', 'b'])
  edit(here, (list) => {
    list[1] = 'c'
  })
  edit(there, (list) => list.push('behind', 'it'))
  edit(there, (list) => list.splice(1, 0, 'before'))
  edit(there, (list) => list.splice(2, 1))
  assert.deepEqual(receive(here, there), ['a', 'before', 'c', 'behind', 'it'])
})

test('what is inserted before the last element is shown there', () => {
  const [here, there] = start(['a', 'b'])
  edit(there, (list) => list.splice(1, 0, 'before'))
  assert.deepEqual(receive(here, there), ['a', 'before', 'b'])
})

test('what is appended behind a counter that was counted is shown behind it', () => {
  const [here, there] = start([new Counter(1)])
  edit(there, (list) => {
    ;(list[0] as Counter).increment(2)
    list.push('x', { y: 1 })
  })
  assert.deepEqual(receive(here, there), [{ counter: 3 }, 'x', { y: 1 }])
})

test('what is appended behind a counter that was counted and is hidden is shown behind what hides it', () => {
  const [here, one, other] = start(['a'])
  edit(one, (list) => {
    list[0] = new Counter(1)
  })
  edit(other, (list) => {
    list[0] = 'hides it'
  })
  receive(here, one, other)
  edit(one, (list) => {
    ;(list[0] as Counter).increment(2)
    list.push('x')
  })
  assert.deepEqual(receive(here, one), ['hides it', 'x'])
})

test('what is appended behind an element that was deleted here and is set again is shown behind it', () => {
  for (const [index, value] of VALUES.entries()) {
    const behind = VALUES[(index + 3) % VALUES.length] as () => unknown
    const [here, one, other] = start(['a', 'b'])
    edit(here, (list) => list.pop())
    edit(one, (list) => {
      list[1] = value()
    })
    edit(other, (list) => list.push(behind(), 'd'))
    edit(other, (list) => list.splice(1, 1))
    assert.deepEqual(receive(here, one, other), plain(['a', value(), behind(), 'd']))
  }
})

test('what is inserted before an element that is set again stays before it', () => {
  const [here, one, other] = start(['a', 'b', 'c'])
  edit(here, (list) => list.splice(1, 2))
  edit(one, (list) => {
    list[1] = { set: 'again' }
    list[2] = ['set again']
  })
  edit(other, (list) => list.push('behind'))
  edit(other, (list) => list.splice(2, 1, 'before'))
  edit(other, (list) => list.splice(1, 0, 'first'))
  assert.deepEqual(receive(here, one, other), [
    'a',
    'first',
    { set: 'again' },
    'before',
    ['set again'],
    'behind',
  ])
})

test('what is appended behind a counter that was deleted here is shown behind it', () => {
  const [here, there] = start(['a', 'b'])
  edit(here, (list) => list.pop())
  edit(there, (list) => {
    list[1] = new Counter(1)
  })
  edit(there, (list) => {
    ;(list[1] as Counter).increment(2)
    list.push('x', { y: 1 })
  })
  assert.deepEqual(receive(here, there), ['a', { counter: 3 }, 'x', { y: 1 }])
})

test('where several values of an element that is set again are left, it is told that they are in conflict', () => {
  const [here, one, other, third] = start(['a', 'b'])
  edit(here, (list) => list.pop())
  for (const each of [one, other])
    edit(each, (list) => {
      list[1] = each.handle.getActorId()
    })
  edit(third, (list) => list.push('behind'))
  edit(third, (list) => list.splice(1, 1))
  const told: DocumentPatch[] = []
  here.onPatches((patches) => void told.push(...patches))
  assert.deepEqual(receive(here, one, other, third), ['a', 'b2', 'behind'])
  const conflicts = [true, false]
  assert.deepEqual(told, [{ action: 'insert', path: ['list', 1], values: ['b2', 'behind'], conflicts }])
})
