import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  Counter,
  documents,
  linkReplicas,
  NeuroplexCRDT,
  replicas,
  Text,
} from '../../../actors/replica/index.ts'
import type { ActorSystem } from '../../../runtime/index.ts'
import { startSystem } from '../../support/systems.ts'
import { errorOf, until } from '../../support/until.ts'

function start(name = 'alone'): Promise<ActorSystem> {
  return startSystem({ name, modules: [], services: [replicas({ storage: 'volatile' })] })
}

const INITIAL = {
  title: 'launch',
  notes: new Text('hello'),
  budget: new Counter(10),
  tasks: [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
}

describe('documents by the names of the specification', () => {
  test('are made, read and updated by operations', async () => {
    await using system = await start()
    const crdt = new NeuroplexCRDT(system)
    const id = await crdt.createDocument('coordination-plan', INITIAL)
    await crdt.updateDocument(id, [
      { type: 'update', position: { path: ['title'] }, value: 'landing' },
      { type: 'update', position: { path: ['budget'] }, value: 7 },
      { type: 'insert', position: { path: ['notes', 5] }, value: ' world' },
      { type: 'insert', position: { path: ['tasks', -1] }, value: { id: 'd' } },
      { type: 'move', position: { path: ['tasks', 0], to: 2 } },
      { type: 'delete', position: { path: ['tasks', 0] } },
      { type: 'insert', position: { path: ['owner'] }, value: 'me' },
    ])
    assert.deepEqual(await crdt.getState(id), {
      title: 'landing',
      notes: 'hello world',
      budget: 7,
      tasks: [{ id: 'c' }, { id: 'a' }, { id: 'd' }],
      owner: 'me',
    })
  })

  test('operations that can not be done are refused, and none of their neighbours is done', async () => {
    await using system = await start()
    const crdt = new NeuroplexCRDT(system)
    const id = await crdt.createDocument('coordination-plan', INITIAL)
    const before = await crdt.getState(id)
    const first = { type: 'update' as const, position: { path: ['title'] }, value: 'changed' }
    const wrong = [
      [{ type: 'delete', position: { path: ['missing'] } }, 'UNKNOWN_PATH'],
      [{ type: 'update', position: { path: ['tasks', 9, 'id'] }, value: 1 }, 'UNKNOWN_PATH'],
      [{ type: 'insert', position: { path: ['title'] }, value: 1 }, 'IMPOSSIBLE_OPERATION'],
      [{ type: 'move', position: { path: ['title'], to: 1 } }, 'IMPOSSIBLE_OPERATION'],
      [{ type: 'turn', position: { path: ['title'] } }, 'IMPOSSIBLE_OPERATION'],
      [{ type: 'update', position: { path: [] }, value: 1 }, 'IMPOSSIBLE_OPERATION'],
      [{ type: 'update', position: { path: ['title', 'x'] }, value: 1 }, 'IMPOSSIBLE_OPERATION'],
      [{ type: 'update', position: { path: ['__proto__'] }, value: 1 }, 'INVALID_VALUE'],
    ] as const
    for (const [operation, code] of wrong) {
      const error = await errorOf(crdt.updateDocument(id, [first, operation as unknown as typeof first]))
      assert.equal(error.code, code, error.message)
    }
    assert.deepEqual(await crdt.getState(id), before)
    assert.equal((await system.inspect()).find(({ path }) => path.endsWith('keeper'))?.restarts, 0)
  })

  test('a state is set with as few edits as it takes', async () => {
    await using system = await start()
    const crdt = new NeuroplexCRDT(system)
    const id = await crdt.createDocument('agent-state', INITIAL)
    await crdt.setState(id, { title: 'launch', notes: 'hell😀o', budget: 12, tasks: [{ id: 'z' }] })
    assert.deepEqual(await crdt.getState(id), {
      title: 'launch',
      notes: 'hell😀o',
      budget: 12,
      tasks: [{ id: 'z' }],
    })
  })

  test('whoever subscribes is told the present state and each newer one', async () => {
    await using system = await start()
    const crdt = new NeuroplexCRDT(system)
    const id = await crdt.createDocument('agent-state', { count: 0 })
    const seen: number[] = []
    const end = await crdt.subscribe(id, (state) => void seen.push((state as { count: number }).count))
    await crdt.setState(id, { count: 1 })
    await until('it is told', () => seen.at(-1) === 1)
    end()
    assert.equal(seen[0], 0)
  })

  test('a copy from elsewhere is merged, with its conflicts to be resolved', async () => {
    await using here = await start('here')
    await using there = await start('there')
    const [mine, theirs] = [new NeuroplexCRDT(here), new NeuroplexCRDT(there)]
    const id = await mine.createDocument('agent-state', { goal: '' })
    const unlink = await linkReplicas(here, there)
    await mine.setState(id, { goal: 'start' })
    const copy = await mine.exportDocument(id)
    assert.equal(copy.type, 'agent-state')
    const name = id.slice(id.indexOf('/') + 1)
    const remote = await documents(there).open<{ goal: string }>('agent-state', name)
    await unlink()
    await remote.change((draft) => {
      draft.goal = 'theirs'
    })
    await mine.setState(id, { goal: 'mine' })
    await mine.mergeDocument(id, await theirs.exportDocument(id))
    const path = ['goal']
    const resolved = await mine.resolveConflicts([
      { document: id, path, choice: { value: 'both' } },
      { document: id, path: ['nothing'], choice: { value: 1 } },
    ])
    assert.deepEqual(
      resolved.map((each) => each.resolved),
      [true, false],
    )
    assert.match(resolved[1]?.reason ?? '', /no conflict at "nothing"/)
    assert.deepEqual(await mine.getState(id), { goal: 'both' })
  })

  test('peers are compared with anew, and one that is not there is named', async () => {
    await using here = await start('here')
    await using there = await start('there')
    const unlink = await linkReplicas(here, there)
    const crdt = new NeuroplexCRDT(here)
    const id = await crdt.createDocument('agent-state', { goal: 'x' })
    await crdt.syncWith([])
    const error = await errorOf(crdt.syncWith(['nobody']))
    assert.match(error.message, /no peer "nobody"; the peers are link-/)
    assert.deepEqual(await crdt.getState(id), { goal: 'x' })
    await unlink()
  })

  test('an id that is none, and a document that there is not, are refused', async () => {
    await using system = await start()
    const crdt = new NeuroplexCRDT(system)
    assert.equal((await errorOf(crdt.getState('nonsense'))).code, 'INVALID_OPTION')
    assert.match((await errorOf(crdt.getState('agent-state/missing'))).message, /there is no document/)
    assert.equal((await errorOf(crdt.createDocument('list' as 'agent-state', {}))).code, 'INVALID_OPTION')
  })
})
