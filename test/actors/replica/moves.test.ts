/** Actors on several threads move the same elements of a shared document. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { move, NeuroplexCRDT } from '../../../actors/replica/index.ts'
import { startSystem } from '../../support/systems.ts'
import { until } from '../../support/until.ts'
import { Mover, openBoard, services, TASKS } from './movers.ts'

const MODULE = import.meta.resolve('./movers.ts')

test('tasks that all move at once are there once, in the same order for all, over several epochs', async () => {
  await using system = await startSystem({
    ...{ modules: [MODULE], services, threads: 3 },
    limits: { stallMs: 5_000, shutdownMs: 5_000, askTimeoutMs: 60_000 },
  })
  const movers = await Promise.all(
    [1, 2, 3].map((thread) => system.spawn(Mover, { thread, name: `mover-${thread}` })),
  )
  const times = 60
  await Promise.all(movers.map((mover, seed) => mover.ask.move(times, seed)))
  for (const mover of movers) {
    const all = async () => (await mover.ask.moves()) === 3 * times
    await until('it has all that the others did', all, 60_000)
  }
  const order = await movers[0]!.ask.order()
  assert.deepEqual(
    order.toSorted((a, b) => a - b),
    Array.from({ length: TASKS }, (_, id) => id),
  )
  for (const mover of movers) {
    const same = async () => String(await mover.ask.order()) === String(order)
    await until('it has the same order', same, 60_000)
    const followed = async () => String(await mover.ask.followed()) === String(order)
    await until('the patches led there', followed, 60_000)
  }
  assert.ok((await movers[0]!.ask.states()) > 1, 'an epoch has begun')
})

test('a moved task can be seen, compared, moved by name and restored', async () => {
  await using system = await startSystem({ modules: [MODULE], services })
  const board = await openBoard(system)
  const ids = () => board.view().tasks.map(({ id }) => id)
  const before = board.version()
  await board.change(({ tasks }) => move(tasks, 0, 2))
  assert.deepEqual(ids(), [1, 2, 0, 3, 4, 5, 6, 7])
  assert.deepEqual(board.diff(before).edits, [{ kind: 'move', path: ['tasks', 0], to: 2 }])
  const crdt = new NeuroplexCRDT(system)
  await crdt.updateDocument(board.id, [{ type: 'move', position: { path: ['tasks', 7], to: 0 } }])
  assert.deepEqual(ids(), [7, 1, 2, 0, 3, 4, 5, 6])
  assert.deepEqual(
    ((await crdt.getState(board.id)) as { tasks: { id: number }[] }).tasks.map(({ id }) => id),
    ids(),
  )
  assert.deepEqual(
    board.at(before).tasks.map(({ id }) => id),
    [0, 1, 2, 3, 4, 5, 6, 7],
  )
  await board.restore(before)
  assert.deepEqual(board.view(), board.at(before))
})
