import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Document } from '../../../../actors/replica/document/document.ts'
import { move } from '../../../../actors/replica/document/move.ts'
import { read } from '../../../../actors/replica/document/read.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { follow, thawed } from './follow.ts'
import { plain } from './plain.ts'

type Root = Record<string, unknown>
type Place = 'key' | 'element'

const BY = { author: '/user/agent-1' }
const OPTIONS = { id: 'agent-state/s', type: 'agent-state' }

/** A document with one value, which several replicas write to. */
class Group {
  readonly #start: Document<Root>
  readonly #place: Place
  #copies = 0

  constructor(place: Place, value: unknown = 'old') {
    this.#place = place
    const initial = place === 'key' ? { map: { at: value } } : { list: ['before', value, 'behind'] }
    this.#start = Document.create<Root>({ ...OPTIONS, actor: 'a0', initial })
  }

  /** Replicas that know only how it began, unless they are told more; actors of later ones are greater. */
  replica(): Document<Root> {
    return Document.load<Root>({ ...OPTIONS, actor: `b${++this.#copies}` }, [this.#start.save()])
  }

  write(document: Document<Root>, value: unknown): void {
    this.#edit(document, (container, at) => {
      container[at] = value
    })
  }

  delete(document: Document<Root>): void {
    this.#edit(document, (container, at) => {
      if (Array.isArray(container)) container.splice(1, 1)
      else delete container[at]
    })
  }

  count(document: Document<Root>): void {
    this.#edit(document, (container, at) => (container[at] as Counter).increment(10))
  }

  at(document: Document<Root>): unknown {
    const { map, list } = document.view() as { map?: { at: unknown }; list?: unknown[] }
    return plain(map === undefined ? list?.[1] : map.at)
  }

  /** So that what is written next has a greater id than what others write. */
  ahead(document: Document<Root>): void {
    document.edit((draft) => Object.assign(draft, { x: 1, y: 2, z: 3 }), BY)
  }

  #edit(document: Document<Root>, edit: (container: Root, at: string) => void): void {
    document.edit((draft) => {
      const isKey = this.#place === 'key'
      edit((isKey ? draft.map : draft.list) as Root, isKey ? 'at' : '1')
    }, BY)
    document.commit(0)
  }
}

/** Receives all at once, and checks that what is shown and what is told is what the engine has. */
function receive(document: Document<Root>, ...others: readonly Document<Root>[]): void {
  const followed = thawed(document.view()) as Root
  const leave = document.onPatches((patches) => {
    for (const patch of patches) follow(followed, patch)
  })
  document.receive(others.flatMap((other) => other.changesSince(document.heads)))
  leave()
  assert.deepEqual(plain(document.view()), plain(read(document.handle, '/')))
  assert.deepEqual(plain(followed), plain(document.view()))
}

for (const place of ['key', 'element'] as const) {
  for (const [kind, value] of [
    ['string', 'text'],
    ['map', { inner: [1, { deep: new Text('t') }] }],
  ] as const)
    test(`a ${kind} that was written while what hides it was deleted is shown: ${place}`, () => {
      const group = new Group(place)
      const [low, high, here] = [group.replica(), group.replica(), group.replica()]
      group.write(low, value)
      group.ahead(high)
      group.write(high, { hides: ['all'] })
      receive(here, high)
      group.delete(high)
      receive(here, low, high)
      assert.deepEqual(group.at(here), plain(value))
    })

  test(`a counter that was counted while what is written meanwhile is hidden has that count: ${place}`, () => {
    const group = new Group(place)
    const [low, high, here] = [group.replica(), group.replica(), group.replica()]
    group.write(low, 'hidden')
    group.ahead(high)
    group.write(high, new Counter(1))
    receive(here, high)
    group.count(high)
    receive(here, low, high)
    assert.deepEqual(group.at(here), { counter: 11 })
  })

  test(`a hidden counter that was counted while what hides it was deleted is shown: ${place}`, () => {
    const group = new Group(place)
    const [low, high, here] = [group.replica(), group.replica(), group.replica()]
    group.write(low, new Counter(1))
    group.ahead(high)
    group.write(high, 'hides it')
    receive(here, low, high)
    assert.equal(group.at(here), 'hides it')
    group.count(low)
    group.delete(high)
    receive(here, low, high)
    assert.deepEqual(group.at(here), { counter: 11 })
  })

  test(`a counter that comes to light again has what has been added to it: ${place}`, () => {
    const group = new Group(place)
    const [low, high, here] = [group.replica(), group.replica(), group.replica()]
    group.write(low, new Counter(1))
    group.count(low)
    group.ahead(high)
    group.write(high, 'hides it')
    receive(here, low, high)
    group.delete(high)
    receive(here, high)
    assert.deepEqual(group.at(here), { counter: 11 })
  })
}

test('what was written while what hides it was deleted is shown also where elements of the list are moved', () => {
  const start = Document.create<Root>({
    ...OPTIONS,
    actor: 'a0',
    initial: { list: [{ n: 1 }, { n: 2 }, { n: 3 }] },
  })
  const copy = (actor: string) => Document.load<Root>({ ...OPTIONS, actor }, [start.save()])
  const edit = (document: Document<Root>, run: (list: unknown[]) => void) => {
    document.edit(({ list }) => run(list as unknown[]), BY)
    document.commit(0)
  }
  const [low, high, here] = [copy('b1'), copy('b2'), copy('b3')]
  edit(here, (list) => move(list, 0, 2))
  edit(low, (list) => {
    list[1] = { n: 'low' }
  })
  high.edit((draft) => Object.assign(draft, { x: 1, y: 2, z: 3 }), BY)
  edit(high, (list) => {
    list[1] = { n: 'high' }
  })
  receive(here, high)
  edit(high, (list) => list.splice(1, 1))
  receive(here, low, high)
  assert.deepEqual(here.view().list, [{ n: 'low' }, { n: 3 }, { n: 1 }])
})
