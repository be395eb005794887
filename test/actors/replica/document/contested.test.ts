import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Document } from '../../../../actors/replica/document/document.ts'
import { move } from '../../../../actors/replica/document/move.ts'
import { read } from '../../../../actors/replica/document/read.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { follow, thawed } from './follow.ts'
import { plain } from './plain.ts'
import { type Choose, chooser } from './random-edit.ts'

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

const VALUES = [
  () => 1,
  () => 'x',
  () => null,
  () => new Counter(1),
  () => ({ a: 1 }),
  () => [1],
  () => new Text('t'),
]

/** Does something to one of two keys, or to a short list, so that all replicas write to the same. */
function editFew({ map, list }: { map: Root; list: unknown[] }, choose: Choose): void {
  const isKey = choose(2) === 0
  const at = isKey ? (['x', 'y'][choose(2)] as string) : choose(list.length + 1)
  const value = (isKey ? map[at] : list[at as number]) as unknown
  const next = () => VALUES[choose(VALUES.length)]?.()
  const what = choose(6)
  if (value instanceof Counter && what < 3) value.increment(1 + choose(3))
  else if (isKey && (what < 3 || value instanceof Counter || value instanceof Text)) delete map[at]
  else if (isKey) map[at] = next()
  else if (what === 0) list.push(next())
  else if (what === 1 && list.length > 1) move(list, choose(list.length), choose(list.length))
  else if (what < 4 || value === undefined || value instanceof Counter || value instanceof Text)
    list.splice(at as number, 1, ...(what === 2 ? [] : [next()]))
  else list[at as number] = next()
}

test('whatever several do to the same few places at once, a replica shows and tells what it has', () => {
  const step = fc.record({
    who: fc.nat(),
    from: fc.nat(),
    numbers: fc.array(fc.nat(), { minLength: 8, maxLength: 20 }),
  })
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 5 }),
      fc.array(step, { minLength: 5, maxLength: 40 }),
      (count, steps) => {
        const initial = { map: { x: new Counter(1) }, list: [new Counter(1), 'y', { a: 1 }] }
        const first = Document.create<Root>({ ...OPTIONS, actor: 'a0', initial })
        const replicas = Array.from({ length: count }, (_, index) =>
          Document.load<Root>({ ...OPTIONS, actor: `b${index}` }, [first.save()]),
        )
        for (const { who, from, numbers } of steps) {
          const one = replicas[who % count] as Document<Root>
          const others = replicas.filter((other, index) => other !== one && ((from >> (index + 1)) & 1) === 1)
          if (from % 2 === 0) receive(one, ...others)
          else one.edit((draft) => editFew(draft as never, chooser(numbers)), BY)
          one.commit(0)
        }
        for (const one of replicas) receive(one, ...replicas)
        for (const one of replicas) assert.deepEqual(plain(one.view()), plain(replicas[0]?.view()))
      },
    ),
    { numRuns: 60 },
  )
})
