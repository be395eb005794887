/** Replicas that move, edit, insert, replace and delete the same elements at the same time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Document } from '../../../../actors/replica/document/document.ts'
import { nextGenesisOf } from '../../../../actors/replica/document/genesis.ts'
import { move } from '../../../../actors/replica/document/move.ts'
import type { DocumentPatch } from '../../../../actors/replica/document/patch.ts'
import { read } from '../../../../actors/replica/document/read.ts'
import { Counter, Text } from '../../../../actors/replica/document/values.ts'
import { follow, thawed } from './follow.ts'
import { plain } from './plain.ts'

interface Record {
  id: number
  done: Counter
  tags: { name: string; at: number }[]
}

interface Plan {
  other: string
  tasks: Record[]
}

const BY = { author: '/user/agent-1' }
const OPTIONS = { id: 'coordination-plan/p', type: 'coordination-plan' }

/** What must come of all edits, whatever their order. */
class Ledger {
  readonly added = new Set<number>()
  readonly deleted = new Set<number>()
  readonly counted = new Map<number, number>()
  #next = 0

  add(): Record {
    const id = this.#next++
    this.added.add(id)
    return { id, done: new Counter(), tags: [] }
  }

  get alive(): number[] {
    return [...this.added].filter((id) => !this.deleted.has(id))
  }
}

interface Step {
  readonly who: number
  readonly other: number
  readonly what: number
  readonly at: number
  readonly to: number
}

const step: fc.Arbitrary<Step> = fc.record({
  who: fc.nat(1_000),
  other: fc.nat(1_000),
  what: fc.nat(11),
  at: fc.nat(1_000),
  to: fc.nat(1_000),
})

/** Does one edit to a plan, and to a list of ids what arrays do. */
function edit(plan: Plan, { what, at, to }: Step, ledger: Ledger): void {
  const { tasks } = plan
  const { length } = tasks
  const index = at % (length || 1)
  const task = tasks[index]
  if (what < 5 && task) move(tasks, index, to % length)
  else if (what === 5) tasks.splice(at % (length + 1), 0, ledger.add())
  else if (what === 6 && task && length > 2) {
    ledger.deleted.add(task.id)
    tasks.splice(index, 1)
  } else if (what === 7 && task) {
    if (task.tags.length > 1) move(task.tags, to % task.tags.length, 0)
    else task.tags.push({ name: `t${to}`, at }, { name: `u${to}`, at })
  } else if (task) {
    task.done.increment()
    ledger.counted.set(task.id, (ledger.counted.get(task.id) ?? 0) + 1)
  }
}

function open(actor: string, ledger: Ledger, initial: Plan): Document<Plan> {
  for (const { id } of initial.tasks) ledger.added.add(id)
  return Document.create<Plan>({ ...OPTIONS, actor, initial })
}

function exchange(from: Document<Plan>, to: Document<Plan>): void {
  from.commit(0)
  to.commit(0)
  to.receive(from.changesSince(to.heads))
  assert.deepEqual(plain(to.view()), plain(read(to.handle, '/')))
}

function begin(ledger: Ledger, count: number): Plan {
  return { other: '', tasks: Array.from({ length: count }, () => ledger.add()) }
}

test('replicas show the same order, each record once, and lose no edit of one that was moved', () => {
  const steps = fc.array(step, { maxLength: 60 })
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5 }), fc.nat(6), steps, fc.nat(3), (count, tasks, given, renew) => {
      const ledger = new Ledger()
      const initial = begin(ledger, tasks)
      const replicas = Array.from({ length: count }, (_, index) => open(`a${index}`, ledger, initial))
      const followed = replicas.map((replica) => {
        const state = { now: thawed(replica.view()) as Plan }
        replica.onPatches((patches) => {
          for (const patch of patches) follow(state.now as never, patch as DocumentPatch)
        })
        return state
      })
      let epoch = 0
      const all = () => {
        for (let round = 0; round < 2; round++)
          for (const from of replicas) for (const to of replicas) if (from !== to) exchange(from, to)
      }
      for (const [number, each] of given.entries()) {
        const one = replicas[each.who % count] as Document<Plan>
        if (each.what === 11) exchange(replicas[each.other % count] as Document<Plan>, one)
        else one.edit((draft) => edit(draft, each, ledger), BY)
        if (renew > 0 && number % 25 === 24) {
          all()
          epoch++
          const saved = nextGenesisOf(OPTIONS.id, epoch, one.heads, one.view() as never)
          for (const [index, replica] of replicas.entries()) {
            const before = plain(replica.view())
            replica.restart(`e${epoch}a${index}`.padEnd(6, '0').replace(/[^0-9a-f]/g, '0'), saved)
            assert.deepEqual(plain(replica.view()), before)
            ;(followed[index] as { now: Plan }).now = thawed(replica.view()) as Plan
          }
        }
      }
      all()
      for (const [index, replica] of replicas.entries()) {
        const view = replica.view()
        assert.deepEqual(plain(view), plain(replicas[0]?.view()))
        assert.deepEqual(plain(followed[index]?.now), plain(view))
        assert.equal(replica.entries, replicas[0]?.entries)
        const loaded = Document.load<Plan>({ ...OPTIONS, actor: 'ff' }, [replica.save()])
        assert.deepEqual(plain(loaded.view()), plain(view))
        assert.equal(loaded.entries, replica.entries)
      }
      const { tasks: shown } = (replicas[0] as Document<Plan>).view()
      assert.deepEqual(
        shown.map(({ id }) => id).sort((a, b) => a - b),
        ledger.alive,
      )
      for (const { id, done } of shown) assert.equal(done.value, ledger.counted.get(id) ?? 0)
    }),
    { numRuns: 300 },
  )
})

test('one replica alone does what arrays do, also after it was loaded or edits have failed', () => {
  const single = fc.record({ step, ends: fc.constantFrom('', '', 'commit', 'load', 'fail') })
  fc.assert(
    fc.property(fc.nat(6), fc.array(single, { maxLength: 40 }), (tasks, steps) => {
      const ledger = new Ledger()
      const initial = begin(ledger, tasks)
      let document = open('aa', ledger, initial)
      const model = structuredClone(plain(initial)) as { tasks: { id: number }[] }
      for (const { step: given, ends } of steps) {
        const spare = new Ledger()
        if (ends === 'fail') {
          const before = plain(document.view())
          const fails = (draft: Plan) => {
            edit(draft, given, spare)
            edit(draft, { ...given, what: 0 }, spare)
            throw new Error('no')
          }
          assert.throws(() => document.edit(fails, BY), /^Error: no$/)
          assert.deepEqual(plain(document.view()), before)
          continue
        }
        document.edit((draft) => edit(draft, given, ledger), BY)
        if (given.what < 7) arrayEdit(model.tasks, given, document.view().tasks)
        if (ends === 'load') {
          document.commit(0)
          document = Document.load({ ...OPTIONS, actor: `${document.actor}00` }, [document.save()])
        } else if (ends === 'commit') document.commit(0)
        assert.deepEqual(
          document.view().tasks.map(({ id }) => id),
          model.tasks.map(({ id }) => id),
        )
      }
      document.commit(0)
      assert.deepEqual(plain(document.view()), plain(read(document.handle, '/')))
      const other = Document.create<Plan>({ ...OPTIONS, actor: 'bb', initial })
      other.receive(document.changesSince(other.heads))
      assert.deepEqual(plain(other.view()), plain(document.view()))
    }),
    { numRuns: 300 },
  )
})

function arrayEdit(list: { id: number }[], { what, at, to }: Step, after: readonly Record[]): void {
  const { length } = list
  const index = at % (length || 1)
  if (what < 5 && length > 0) list.splice(to % length, 0, ...list.splice(index, 1))
  else if (what === 5) list.splice(at % (length + 1), 0, { id: after[at % (length + 1)]?.id as number })
  else if (what === 6 && length > 2) list.splice(index, 1)
}

test('of moves at the same time one counts, and what is written into the element meanwhile is kept', () => {
  const initial = { tasks: ['a', 'b', 'c', 'd'].map((id) => ({ id, title: new Text(id), done: false })) }
  const create = (actor: string) => Document.create<typeof initial>({ ...OPTIONS, actor, initial })
  const [one, other] = [create('aa'), create('bb')]
  one.edit(({ tasks }) => move(tasks, 0, 3), BY)
  other.edit(({ tasks }) => {
    const [task] = tasks
    move(tasks, 0, 1)
    if (task) {
      task.done = true
      task.title.insert(1, '!')
    }
  }, BY)
  for (const replica of [one, other]) replica.commit(0)
  const changes = [one, other].map((replica) => replica.changesSince([]))
  one.receive(changes[1] as Uint8Array[])
  other.receive(changes[0] as Uint8Array[])
  for (const replica of [one, other]) {
    const { tasks } = replica.view()
    assert.deepEqual(
      tasks.map(({ id }) => id),
      ['b', 'a', 'c', 'd'],
    )
    assert.deepEqual([tasks[1]?.done, String(tasks[1]?.title)], [true, 'a!'])
  }
})

test('a list or a text that is moved stays the same one, too', () => {
  const initial = { list: [[1], new Text('x'), 'y'] as unknown[] }
  const create = (actor: string) => Document.create<typeof initial>({ ...OPTIONS, actor, initial })
  const [one, other] = [create('aa'), create('bb')]
  one.edit(({ list }) => {
    move(list, 0, 2)
    move(list, 0, 2)
  }, BY)
  other.edit(({ list }) => {
    ;(list[0] as number[]).push(2)
    ;(list[1] as Text).insert(0, 'w')
  }, BY)
  other.commit(0)
  one.commit(0)
  one.receive(other.changesSince([]))
  assert.deepEqual(plain(one.view()), { list: ['y', [1, 2], { text: 'wx' }] })
})

test('what replaces a moved element is shown where that was, and moving both ends in one', () => {
  const initial = { list: [{ n: 1 }, { n: 2 }, { n: 3 }] as unknown[] }
  const create = (actor: string) => Document.create<typeof initial>({ ...OPTIONS, actor, initial })
  const [one, other] = [create('aa'), create('bb')]
  one.edit(({ list }) => move(list, 0, 2), BY)
  one.commit(0)
  other.receive(one.changesSince(other.heads))
  one.edit(({ list }) => {
    list[2] = { n: 10 }
  }, BY)
  other.edit(({ list }) => move(list, 2, 1), BY)
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const)
    exchange(from as never, to as never)
  assert.deepEqual(plain(one.view()), { list: [{ n: 2 }, { n: 3 }, { n: 10 }] })
  assert.deepEqual(plain(other.view()), plain(one.view()))
  other.edit(({ list }) => {
    list[2] = 'scalar'
    move(list, 2, 0)
  }, BY)
  assert.deepEqual(plain(other.view()), { list: ['scalar', { n: 2 }, { n: 3 }] })
  exchange(other as never, one as never)
  assert.deepEqual(plain(one.view()), plain(other.view()))
})

test('what was got from a draft whose edit has failed is still that element, wherever it was moved', () => {
  const initial = { list: [{ n: 1 }, { n: 2 }, { n: 3 }] }
  const document = Document.create<typeof initial>({ ...OPTIONS, actor: 'aa', initial })
  for (const moves of [1, 2]) {
    const kept: { n: number }[] = []
    const fails = ({ list }: typeof initial) => {
      list.push({ n: 4 })
      for (let move_ = 0; move_ < moves; move_++) move(list, 2, 0)
      kept.push(...list)
      list.splice(1, 1)
      throw new Error('no')
    }
    assert.throws(() => document.edit(fails, BY), /^Error: no$/)
    document.edit(() => {
      for (const each of kept) if (each.n < 4) each.n += 10
    }, BY)
    assert.deepEqual(document.view().list, [{ n: 11 }, { n: 12 }, { n: 13 }])
    document.edit(({ list }) => {
      for (const each of list) each.n -= 10
    }, BY)
    document.commit(0)
    assert.deepEqual(plain(document.view()), plain(read(document.handle, '/')))
  }
})

test('what is counted, replaced, inserted and taken out at once beside what is moved is told and shown', () => {
  const initial = { list: [{ n: 1 }, new Counter(1), 'x', { n: 2 }] as unknown[] }
  const create = (actor: string) => Document.create<typeof initial>({ ...OPTIONS, actor, initial })
  const [one, other] = [create('aa'), create('bb')]
  const state = thawed(one.view()) as never
  const actions: string[] = []
  one.onPatches((patches) => {
    for (const patch of patches) {
      actions.push(patch.action)
      follow(state, patch)
    }
  })
  one.edit(({ list }) => move(list, 0, 3), BY)
  one.commit(0)
  other.receive(one.changesSince(other.heads))
  one.edit(({ list }) => {
    list[1] = 'mine'
  }, BY)
  other.edit(({ list }) => {
    ;(list[0] as Counter).increment(4)
    list[1] = 'theirs'
    list.splice(2, 1)
    list.push(...Array.from({ length: 1_500 }, (_, n) => n))
  }, BY)
  for (const [from, to] of [
    [other, one],
    [one, other],
  ] as const)
    exchange(from as never, to as never)
  const numbers = Array.from({ length: 1_500 }, (_, n) => n)
  const shown = one.view().list
  assert.deepEqual(plain(shown.slice(0, 3)), [{ counter: 5 }, 'theirs', { n: 1 }])
  assert.deepEqual(shown.slice(3), numbers)
  assert.deepEqual(plain(state), plain(one.view()))
  assert.deepEqual(plain(other.view()), plain(one.view()))
  assert.deepEqual(actions.toSorted(), ['delete', 'increment', 'insert', 'move', 'put', 'put'])
  assert.equal(other.entries, one.entries)
})

test('a place in a list in which something is moved tells of a conflict where it is shown', () => {
  const initial = { list: [{ n: 1 }, 'x'] as unknown[] }
  const create = (actor: string) => Document.create<typeof initial>({ ...OPTIONS, actor, initial })
  const [one, other] = [create('aa'), create('bb')]
  const told: unknown[] = []
  other.onPatches((patches, origin) => {
    if (origin === 'remote') told.push(...patches)
  })
  one.edit(({ list }) => move(list, 0, 1), BY)
  one.commit(0)
  other.receive(one.changesSince(other.heads))
  for (const replica of [one, other])
    replica.edit(({ list }) => {
      list[0] = replica.actor
    }, BY)
  exchange(one as never, other as never)
  assert.deepEqual(told, [
    { action: 'move', path: ['list', 0], to: 1 },
    { action: 'conflict', path: ['list', 0] },
  ])
  assert.deepEqual(other.view().list, ['bb', { n: 1 }])
})
