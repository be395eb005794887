import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { documents, linkReplicas, replicas } from '../../../actors/replica/index.ts'
import type { Replica } from '../../../actors/replica/replica.ts'
import { type ActorRef, type ActorSystem, NameTakenError } from '../../../runtime/index.ts'
import { startSystem } from '../../support/systems.ts'
import { until } from '../../support/until.ts'
import { openPlan, Stranger } from './planners.ts'

function start(name = 'alone'): Promise<ActorSystem> {
  return startSystem({ name, modules: [], services: [replicas({ storage: 'volatile' })] })
}

describe('versions of a shared document', () => {
  test('history names authors and messages, the newest first', async () => {
    await using system = await start()
    const plan = await openPlan(system)
    await plan.change((draft) => draft.tasks.push({ id: 'a', owner: null }), 'the first task')
    await plan.change((draft) => draft.budget.decrement(10), 'spent on it')
    const { entries } = plan.history()
    assert.deepEqual(
      entries.flatMap(({ authors }) => authors.map(({ author, message }) => [author, message])),
      [
        ['/user', 'spent on it'],
        ['/user', 'the first task'],
      ],
    )
  })

  test('a version can be seen, compared and restored', async () => {
    await using system = await start()
    const plan = await openPlan(system)
    await plan.change((draft) => draft.tasks.push({ id: 'a', owner: null }))
    const before = plan.version()
    await plan.change((draft) => {
      draft.tasks[0]!.owner = 'me'
      draft.budget.decrement(3)
    })
    assert.equal(plan.at(before).tasks[0]!.owner, null)
    assert.deepEqual(
      plan.diff(before).edits.map(({ kind, path }) => [kind, path.join('/')]),
      [
        ['increment', 'budget'],
        ['put', 'tasks/0/owner'],
      ],
    )
    await plan.restore(before)
    assert.deepEqual(plan.view(), plan.at(before))
    assert.throws(() => plan.at(['0'.repeat(64)]), { code: 'UNKNOWN_VERSION' })
  })

  test('a branch goes its own way and is merged back', async () => {
    await using system = await start()
    const plan = await openPlan(system)
    await plan.change((draft) => draft.tasks.push({ id: 'common', owner: null }))
    const branch = await plan.branch('what-if')
    await branch.change((draft) => draft.tasks.push({ id: 'in the branch', owner: null }))
    await plan.change((draft) => draft.budget.decrement(1))
    assert.equal(plan.view().tasks.length, 1)
    await plan.merge(branch)
    assert.deepEqual(
      plan.view().tasks.map(({ id }) => id),
      ['common', 'in the branch'],
    )
    assert.equal(plan.view().budget.value, 99)
    await assert.rejects(plan.branch('what-if'), NameTakenError)
  })

  test('patches tell what changes; whoever misses some gets the state', async () => {
    await using system = await startSystem({
      modules: [],
      services: [replicas({ storage: 'volatile', limits: { waitingPatches: 5 } })],
    })
    const plan = await openPlan(system)
    const batches: unknown[] = []
    for await (const batch of plan.patches()) {
      batches.push('state' in batch ? batch.state.tasks.length : batch.patches.map(({ action }) => action))
      if (batches.length === 3) break
      const count = batches.length === 1 ? 1 : 10
      for (let i = 0; i < count; i++)
        await plan.change((draft) => draft.tasks.push({ id: `${i}`, owner: null }))
    }
    assert.deepEqual(batches, [0, ['insert'], 11])
  })
})

describe('two systems', () => {
  test('share documents as long as they are linked, and come together again afterwards', async () => {
    await using left = await start('left')
    await using right = await start('right')
    const unlink = await linkReplicas(left, right)
    const mine = await openPlan(left)
    await mine.change((draft) => draft.tasks.push({ id: 'left', owner: null }))
    const theirs = await openPlan(right)
    assert.equal(theirs.view().tasks.length, 1)
    await theirs.change((draft) => draft.tasks.push({ id: 'right', owner: null }))
    await until('the left has it', () => mine.view().tasks.length === 2)
    await unlink()
    await theirs.change((draft) => draft.budget.decrement(5))
    await mine.change((draft) => draft.budget.decrement(7))
    const again = await linkReplicas(left, right)
    await until('both have both', () => mine.view().budget.value === 88 && theirs.view().budget.value === 88)
    assert.deepEqual(mine.version(), theirs.version())
    await again()
  })

  test('settle conflicts alike, by a policy and by a resolver', async () => {
    await using left = await start('left')
    await using right = await start('right')
    const conflicts = {
      'owners/*': 'lowest' as const,
      goal: (values: readonly { value: unknown }[]) =>
        values
          .map(({ value }) => value)
          .sort()
          .join(' and '),
    }
    const initial = { goal: '', owners: {} as Record<string, string> }
    const open = (system: ActorSystem) =>
      documents(system).open<typeof initial>('coordination-plan', 'duel', { initial, conflicts })
    const [mine, theirs] = [await open(left), await open(right)]
    await mine.change((draft) => {
      draft.owners.task = 'bob'
      draft.goal = 'speed'
    })
    await theirs.change((draft) => {
      draft.owners.task = 'alice'
      draft.goal = 'quality'
    })
    const unlink = await linkReplicas(left, right)
    const settled = { goal: 'quality and speed', owners: { task: 'alice' } }
    await until('both have settled', () =>
      [mine, theirs].every((plan) => JSON.stringify(plan.view()) === JSON.stringify(settled)),
    )
    assert.deepEqual(mine.conflicts().conflicts, [])
    assert.deepEqual(mine.version(), theirs.version())
    await unlink()
  })

  test('leave it to people to decide, and agree also where two decide at once', async () => {
    await using left = await start('left')
    await using right = await start('right')
    const initial = { goal: '' }
    const conflicts = { goal: 'manual' as const }
    const open = (system: ActorSystem) =>
      documents(system).open<typeof initial>('coordination-plan', 'duel', { initial, conflicts })
    const [mine, theirs] = [await open(left), await open(right)]
    await mine.change((draft) => {
      draft.goal = 'speed'
    })
    await theirs.change((draft) => {
      draft.goal = 'quality'
    })
    let unlink = await linkReplicas(left, right)
    const listed = await until('it is listed on both', () => {
      const [a] = mine.conflicts().conflicts
      const [b] = theirs.conflicts().conflicts
      return a !== undefined && b !== undefined && { a, b }
    })
    assert.deepEqual(listed.a.values.map(({ value }) => value).sort(), ['quality', 'speed'])
    await unlink()
    await mine.resolve(listed.a, { value: 'both' })
    await theirs.resolve(listed.b, { value: 'neither' })
    unlink = await linkReplicas(left, right)
    await until(
      'both agree',
      () => mine.view().goal === theirs.view().goal && mine.conflicts().conflicts.length === 0,
    )
    assert.deepEqual(theirs.conflicts().conflicts, [])
    await assert.rejects(mine.resolve(listed.a, { value: 'late' }), { code: 'CONFLICT_GONE' })
    await unlink()
  })
})

describe('a stranger', () => {
  const message = { version: 1, from: 7, to: 0, seq: 1, ack: 0, kind: 'changes', wants: [] }
  const lies: readonly (readonly [what: string, message: unknown, explanation: RegExp])[] = [
    ['something that is no message', { ...message, changes: 'none' }, /wrong shape/],
    ['a message of another version', { ...message, version: 99 }, /version 99/],
    [
      'bytes that are no change',
      { ...message, changes: [new Uint8Array([1, 2, 3])], hashes: ['a'.repeat(64)] },
      /change/,
    ],
  ]
  for (const [what, lie, explanation] of lies)
    test(`that sends ${what} is refused, with the reason, and the document goes on`, async () => {
      await using system = await start()
      const plan = await openPlan(system)
      const keeper = (await system.lookup('/system/replicas/keeper')) as unknown as ActorRef<Replica>
      const stranger = await system.spawn(Stranger)
      await keeper.ask.connect('stranger', stranger as unknown as Parameters<Replica['connect']>[1])
      keeper.tell.deliver('stranger', plan.id, { document: `${plan.id}#0`, ...(lie as object) })
      const why = await until('it is refused', () => plan.refusedPeers().get('stranger'))
      assert.match(why, explanation)
      const heard = await stranger.ask.heard()
      await plan.change((draft) => draft.tasks.push({ id: 'goes on', owner: null }))
      assert.equal(await stranger.ask.heard(), heard)
    })
})
