import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { setImmediate as settled } from 'node:timers/promises'
import {
  CausalConsistencyManager,
  type ConsistencyOptions,
  type Stamped,
} from '../../../protocols/causality/consistency-manager.ts'
import type { OperationId } from '../../../protocols/causality/operation.ts'
import { VectorClock } from '../../../protocols/causality/vector-clock.ts'
import {
  ApplyFailedError,
  ClockLimitError,
  ConsistencyClosedError,
  InvalidOperationError,
  InvalidOptionError,
  OperationRefusedError,
  PropagationFailedError,
} from '../../../protocols/errors.ts'
import { idOf, text } from './histories.ts'

interface Edit {
  value: string
}

/** A manager that keeps what it applies and what it sends, and can be made to fail or to wait. */
function node(nodeId: string, options: Partial<ConsistencyOptions<Edit>> = {}) {
  const applied: string[] = []
  const sent: Stamped<Edit>[] = []
  const manager = new CausalConsistencyManager<Edit>({
    nodeId,
    apply: (operation) => void applied.push(`${text(operation.id)}=${operation.value}`),
    propagate: (operation) => void sent.push(operation),
    ...options,
  })
  const edit = (value: string, ...dependencies: string[]) =>
    manager.processOperation({ value, dependencies: dependencies.map(idOf) })
  return { manager, applied, sent, edit }
}

/** An operation as a peer sends it, whose timestamp is made of its id and dependencies. */
function stamped(name: string, ...dependencies: string[]): Stamped<Edit> {
  const id = idOf(name)
  const ids = dependencies.map(idOf)
  const timestamp = new VectorClock([...ids, id].map(({ node, counter }) => [node, counter] as const))
  return { value: `from ${id.node}`, id, dependencies: ids, timestamp }
}

/** Lets one call through after another. */
function gate() {
  const waiting: PromiseWithResolvers<void>[] = []
  const pass = () => {
    const next = Promise.withResolvers<void>()
    waiting.push(next)
    return next.promise
  }
  return {
    pass,
    open: () => waiting.shift()!.resolve(),
    fail: (e: Error) => waiting.shift()!.reject(e),
    waiting,
  }
}

test('an operation is counted, stamped, applied, propagated and given back; the one given stays as it is', async () => {
  const a = node('a')
  const given = { value: 'x' }
  const first = await a.manager.processOperation(given)
  const second = await a.edit('y')
  assert.deepEqual(given, { value: 'x' })
  assert.deepEqual([first.id, second.id].map(text), ['a:1', 'a:2'])
  assert.deepEqual(first.timestamp.toJSON(), { a: 1 })
  assert.deepEqual(second.timestamp.toJSON(), { a: 2 })
  assert.deepEqual(a.applied, ['a:1=x', 'a:2=y'])
  assert.deepEqual(a.sent, [first, second])
  assert.deepEqual(a.manager.clock.toJSON(), { a: 2 })
})

test('an operation follows all that is applied where it is made', async () => {
  const [a, b, c] = [node('a'), node('b'), node('c')]
  const first = await a.edit('x')
  assert.equal(await b.manager.receiveOperation(first), 'applied')
  const second = await b.edit('y')
  assert.deepEqual(second.dependencies.map(text), ['a:1'])
  assert.equal(first.timestamp.compare(second.timestamp), 'before')
  const arrives = c.manager.receiveOperation(second)
  assert.deepEqual(c.manager.missing().map(text), ['a:1'])
  assert.equal(await c.manager.receiveOperation(first), 'applied')
  assert.equal(await arrives, 'applied')
  assert.deepEqual(c.applied, ['a:1=x', 'b:1=y'])
  assert.equal(await c.manager.receiveOperation(second), 'duplicate')
  assert.equal(c.applied.length, 2)
})

test('one that waits for its dependency is after it in time too, and holds up no other', async () => {
  const a = node('a')
  const waits = a.edit('late', 'b:1', 'b:2')
  const passes = await a.edit('early')
  assert.deepEqual(a.manager.missing().map(text), ['b:1', 'b:2'])
  assert.deepEqual(a.manager.counts, { waiting: 0, local: 1, unpropagated: 0 })
  await a.manager.receiveOperation(stamped('b:1'))
  await a.manager.receiveOperation(stamped('b:2'))
  const late = await waits
  assert.deepEqual([passes.id, late.id].map(text), ['a:1', 'a:2'])
  assert.deepEqual(late.timestamp.toJSON(), { a: 2, b: 2 })
  assert.deepEqual(late.dependencies.map(text), ['b:2'])
  assert.deepEqual(a.applied, ['a:1=early', 'b:1=from b', 'b:2=from b', 'a:2=late'])
})

test('operations are applied one at a time, own and received in turns', async () => {
  const doing = gate()
  const order: string[] = []
  const a = node('a', {
    apply: ({ id }) => {
      order.push(text(id))
      return doing.pass()
    },
  })
  const all = [
    a.edit('1'),
    a.edit('2'),
    a.edit('3'),
    a.manager.receiveOperation(stamped('b:1')),
    a.manager.receiveOperation(stamped('c:1')),
  ]
  for (let i = 1; i <= all.length; i++) {
    assert.deepEqual([order.length, doing.waiting.length], [i, 1])
    doing.open()
    await settled()
  }
  assert.deepEqual(order, ['a:1', 'b:1', 'a:2', 'c:1', 'a:3'])
  await Promise.all(all)
})

test('where apply fails, nothing has happened: the counter is free, and the same may be given again', async () => {
  const cause = new Error('disk')
  let broken = true
  const applied: string[] = []
  const a = node('a', {
    apply: ({ id }) => {
      if (broken) throw cause
      applied.push(text(id))
    },
  })
  await assert.rejects(
    a.edit('x'),
    (error) =>
      error instanceof ApplyFailedError && error.cause === cause && /a:1 could not be/.test(error.message),
  )
  assert.deepEqual([a.manager.clock.toJSON(), a.sent, a.manager.counts.local], [{}, [], 0])
  await assert.rejects(a.manager.receiveOperation(stamped('b:1')), ApplyFailedError)
  assert.deepEqual(a.manager.missing().map(text), ['b:1'])
  const after = a.manager.receiveOperation(stamped('b:2'))
  broken = false
  assert.equal(text((await a.edit('x')).id), 'a:1')
  assert.equal(await a.manager.receiveOperation(stamped('b:1')), 'applied')
  assert.equal(await after, 'applied')
  assert.deepEqual(applied, ['a:1', 'b:1', 'b:2'])
})

test('where propagate fails, the operation counts, is kept, and is sent again when asked to', async () => {
  let broken = true
  const sent: string[] = []
  const a = node('a', {
    propagate: ({ id }) => {
      if (broken) throw new Error('no link')
      sent.push(text(id))
    },
    limits: { local: 2 },
  })
  for (const value of ['x', 'y'])
    await assert.rejects(
      a.edit(value),
      (error) => error instanceof PropagationFailedError && error.mayHaveRun === true,
    )
  assert.deepEqual(a.applied, ['a:1=x', 'a:2=y'])
  await assert.rejects(
    a.edit('z'),
    (error) =>
      error instanceof OperationRefusedError && /2 operations of a \(limits.local\)/.test(error.message),
  )
  await assert.rejects(a.manager.propagatePending(), PropagationFailedError)
  assert.equal(a.manager.counts.unpropagated, 2)
  broken = false
  await Promise.all([a.manager.propagatePending(), a.manager.propagatePending()])
  assert.deepEqual(sent.sort(), ['a:1', 'a:2'])
  assert.equal(text((await a.edit('z')).id), 'a:3')
  assert.deepEqual(a.applied, ['a:1=x', 'a:2=y', 'a:3=z'])
})

test('a slow peer holds up no other operation', async () => {
  const links = gate()
  const a = node('a', { propagate: links.pass })
  const both = [a.edit('x'), a.edit('y')]
  await settled()
  assert.deepEqual(a.applied, ['a:1=x', 'a:2=y'])
  links.fail(new Error('gone'))
  links.open()
  await assert.rejects(both[0]!, PropagationFailedError)
  await both[1]
})

test('a signal ends a wait, and leaves no trace of it', async () => {
  const a = node('a')
  const controller = new AbortController()
  const waits = a.manager.processOperation(
    { value: 'x', dependencies: [idOf('b:1')] },
    { signal: controller.signal },
  )
  const reason = new Error('deadline')
  controller.abort(reason)
  await assert.rejects(waits, reason)
  await assert.rejects(a.manager.processOperation({ value: 'x' }, { signal: controller.signal }), reason)
  assert.deepEqual([a.manager.missing(), a.manager.counts.local], [[], 0])
  await a.manager.receiveOperation(stamped('b:1'))
  await settled()
  assert.deepEqual(a.applied, ['b:1=from b'])
  assert.equal(text((await a.edit('y')).id), 'a:1')
})

test('a signal no longer ends what is being applied', async () => {
  const doing = gate()
  const a = node('a', { apply: doing.pass })
  const controller = new AbortController()
  const runs = a.manager.processOperation({ value: 'x' }, { signal: controller.signal })
  controller.abort(new Error('too late'))
  doing.open()
  assert.equal(text((await runs).id), 'a:1')
  // A signal may live as long as the program, and must not gather what has ended.
  const lasting = new AbortController()
  const passes = a.manager.processOperation({ value: 'y' }, { signal: lasting.signal })
  assert.equal(getEventListeners(lasting.signal, 'abort').length, 1)
  await settled()
  doing.open()
  await passes
  assert.equal(getEventListeners(lasting.signal, 'abort').length, 0)
})

test('an operation that is ready and given up before its turn is not applied', async () => {
  const doing = gate()
  const order: string[] = []
  const a = node('a', {
    apply: ({ value }) => {
      order.push(value)
      return doing.pass()
    },
  })
  const controller = new AbortController()
  const first = a.edit('first')
  const second = a.manager.processOperation({ value: 'second' }, { signal: controller.signal })
  controller.abort(new Error('never mind'))
  await assert.rejects(second, /never mind/)
  doing.open()
  await first
  assert.deepEqual(order, ['first'])
})

test('close rejects what waits and what comes, and lets the apply under way end', async () => {
  const doing = gate()
  const a = node('a', { apply: doing.pass })
  const runs = a.edit('runs')
  const waits = [a.edit('queued'), a.edit('waits', 'z:1')].map((p) =>
    assert.rejects(p, ConsistencyClosedError),
  )
  const received = [
    a.manager.receiveOperation(stamped('b:1')),
    a.manager.receiveOperation(stamped('c:1', 'd:1')),
  ].map((p) => assert.rejects(p, ConsistencyClosedError))
  const closing = a.manager.close()
  await Promise.all([...waits, ...received])
  let closed = false
  const ends = closing.then(() => (closed = true))
  await settled()
  assert.equal(closed, false)
  doing.open()
  await ends
  assert.equal(text((await runs).id), 'a:1')
  assert.deepEqual(a.manager.clock.toJSON(), { a: 1 })
  await assert.rejects(a.edit('x'), /the consistency manager of a is closed/)
  await assert.rejects(a.manager.receiveOperation(stamped('b:1')), ConsistencyClosedError)
  await a.manager.close()
})

test('a received operation under way when the manager is closed counts', async () => {
  const doing = gate()
  const a = node('a', { apply: doing.pass })
  const runs = a.manager.receiveOperation(stamped('b:1'))
  const closing = a.manager.close()
  doing.open()
  await closing
  assert.equal(await runs, 'applied')
  assert.deepEqual(a.manager.clock.toJSON(), { b: 1 })
})

test('what could not be propagated can be sent after the close', async () => {
  let broken = true
  const a = node('a', {
    propagate: () => {
      if (broken) throw new Error('no link')
    },
  })
  await assert.rejects(a.edit('x'), PropagationFailedError)
  await a.manager.close()
  broken = false
  await a.manager.propagatePending()
  assert.equal(a.manager.counts.unpropagated, 0)
})

test('a received operation that finds no room, or has to make room later, is refused and can come again', async () => {
  const a = node('a', { limits: { waiting: 2, dependencies: 1 } })
  const first = a.manager.receiveOperation(stamped('b:2'))
  const second = a.manager.receiveOperation(stamped('b:3'))
  const third = a.manager.receiveOperation(stamped('c:2'))
  await assert.rejects(
    second,
    (error) => error instanceof OperationRefusedError && /b:3 found no room to wait/.test(error.message),
  )
  await assert.rejects(a.manager.receiveOperation(stamped('b:4')), OperationRefusedError)
  assert.deepEqual(a.manager.missing().map(text), ['b:1', 'c:1', 'b:3', 'b:4'])
  await a.manager.receiveOperation(stamped('b:1'))
  await first
  assert.equal(await a.manager.receiveOperation(stamped('b:3')), 'applied')
  await a.manager.receiveOperation(stamped('c:1'))
  await third
  assert.deepEqual(a.manager.clock.toJSON(), { b: 3, c: 2 })
})

test('operations of more nodes than a clock counts for are refused', async () => {
  const many = Array.from({ length: 16_383 }, (_, i) => [`n${i}`, 1] as const)
  const a = node('a', { clock: new VectorClock(many), limits: { dependencies: 16_384, waiting: 20_000 } })
  await assert.rejects(
    a.manager.receiveOperation(stamped('other:1')),
    /one node more than a clock counts for/,
  )
  assert.equal(text((await a.edit('x')).id), 'a:1')
})

test('what no honest peer sends is refused and not kept', async () => {
  const a = node('a')
  await a.edit('x')
  const refuses = (operation: Stamped<Edit>, reason: RegExp) =>
    assert.rejects(
      a.manager.receiveOperation(operation),
      (error) => error instanceof InvalidOperationError && reason.test(error.message),
    )
  const good = stamped('b:1')
  await refuses(
    { ...good, timestamp: { b: 1 } as unknown as VectorClock },
    /has to be a clock that counts it/,
  )
  await refuses({ ...good, timestamp: new VectorClock([['b', 2]]) }, /has to be a clock that counts it/)
  await refuses({ ...good, id: undefined as unknown as OperationId }, /has to be a clock that counts it/)
  await refuses({ ...good, dependencies: [idOf('b:1')] }, /depends on itself/)
  await refuses({ ...stamped('b:1', 'c:5'), dependencies: [] }, /b:1 follows c:5, its dependencies don't/)
  await refuses(stamped('a:2'), /another node uses the id, or this one lost its clock/)
  assert.equal(await a.manager.receiveOperation(stamped('a:1')), 'duplicate')
  assert.equal(await a.manager.receiveOperation(good), 'applied')
})

test('dependencies that can be none are refused before anything happens', async () => {
  const a = node('a', { limits: { dependencies: 1 } })
  await assert.rejects(a.edit('x', 'b:0'), InvalidOperationError)
  await assert.rejects(a.edit('x', 'b:1', 'c:1'), InvalidOperationError)
  await a.manager.receiveOperation(stamped('b:1'))
  await a.manager.receiveOperation(stamped('c:1'))
  // It would have to name one of each node that it follows, which peers would refuse.
  await assert.rejects(
    a.edit('x'),
    /names 2 dependencies, more than limits.dependencies, 1; .* raise the limit/,
  )
  assert.deepEqual([a.manager.clock.get('a'), a.sent], [0, []])
})

test('a node goes on from a clock that was kept', async () => {
  const a = node('a', {
    clock: new VectorClock([
      ['a', 7],
      ['b', 3],
    ]),
  })
  assert.equal(await a.manager.receiveOperation(stamped('b:3')), 'duplicate')
  const next = await a.edit('x')
  assert.deepEqual([text(next.id), next.dependencies.map(text)], ['a:8', ['b:3']])
})

test('a counter at its largest is refused, and the node lives on', async () => {
  const a = node('a', { clock: new VectorClock([['a', Number.MAX_SAFE_INTEGER]]) })
  await assert.rejects(a.edit('x'), ClockLimitError)
  assert.equal(await a.manager.receiveOperation(stamped('b:1')), 'applied')
  assert.deepEqual(a.applied, ['b:1=from b'])
})

test('options that can be none are refused', () => {
  assert.throws(() => node(''), /nodeId has to name a node, not ""/)
  assert.throws(() => node('a', { limits: { local: 0 } }), InvalidOptionError)
})
