import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { type ActorRef, ActorSystem, NotSendableError, UnknownHandlerError } from '../../../runtime/index.ts'
import { Counter, Mirror, Recorder, Thrower } from '../../actors-under-test/basics.ts'
import { startSystem } from '../../support/systems.ts'
import { errorOf, until } from '../../support/until.ts'

/** A pair that talks on one thread, and one that talks across two. */
const SCENES = [
  { scene: 'on one thread', options: { threads: 0 } },
  { scene: 'across threads', options: { threads: 1 } },
] as const

for (const { scene, options } of SCENES) {
  test(`an error that a handler throws keeps its name, message, code and cause, ${scene}`, async () => {
    await using system = await startSystem(options)
    const thrower = await system.spawn(Thrower, { restart: 'permanent' })
    const custom = await errorOf(thrower.ask.custom())
    assert.deepEqual([custom.name, custom.message, custom.code], ['CustomError', 'not today', 'E_CUSTOM'])
    assert.ok(custom.cause instanceof RangeError)
    assert.ok((await errorOf(thrower.ask.builtin())) instanceof TypeError)
    const later = await errorOf(thrower.ask.later())
    assert.ok(later instanceof RangeError)
    assert.match(String(later.stack), /basics\.ts/)
  })

  test(`a thrown value that is no error arrives as one, ${scene}`, async () => {
    await using system = await startSystem(options)
    const thrower = await system.spawn(Thrower)
    const error = await errorOf(thrower.ask.nothing())
    assert.match(error.message, /just a text/)
    assert.equal(error.cause, 'just a text')
  })

  test(`a result that can not be sent is refused, and the actor lives on, ${scene}`, async () => {
    await using system = await startSystem(options)
    const thrower = await system.spawn(Thrower, { name: 'thrower' })
    await thrower.ask.calls()
    const error = await errorOf(thrower.ask.giveFunction())
    assert.ok(error instanceof NotSendableError)
    assert.match(error.message, /^the result\.deep\[0\] can't be sent: it is a function/)
    assert.deepEqual([error.target, error.method, error.mayHaveRun], ['/user/thrower', 'giveFunction', true])
    assert.equal(await thrower.ask.calls(), 2)
  })

  test(`an argument that can not be sent is refused before anything is sent, ${scene}`, async () => {
    await using system = await startSystem(options)
    const mirror = await system.spawn(Mirror, { name: 'mirror' })
    const error = await errorOf(mirror.ask.echo({ run: () => 1 }))
    assert.ok(error instanceof NotSendableError)
    assert.match(error.message, /^argument 1\.run can't be sent: it is a function/)
    assert.deepEqual([error.target, error.method, error.mayHaveRun], ['/user/mirror', 'echo', false])
  })

  test(`a message beyond limits.messageBytes is refused, ${scene}`, async () => {
    await using system = await startSystem({ ...options, limits: { messageBytes: 10_000 } })
    const mirror = await system.spawn(Mirror)
    assert.match(
      (await errorOf(mirror.ask.echo('x'.repeat(10_001)))).message,
      /limits\.messageBytes \(10000\)/,
    )
    assert.equal(await mirror.ask.echo('x'), 'x')
  })

  test(`a handler that the class does not have is named with those that it has, ${scene}`, async () => {
    await using system = await startSystem(options)
    const counter = await system.spawn(Counter, { name: 'counter' })
    const loose = counter as unknown as Record<
      'ask' | 'offer',
      { nothing(): Promise<unknown>; onStop(): Promise<unknown> }
    >
    for (const call of [loose.ask.nothing(), loose.offer.nothing()]) {
      const error = await errorOf(call)
      assert.ok(error instanceof UnknownHandlerError)
      assert.equal(
        error.message,
        'Counter at /user/counter has no handler "nothing"; it has: add, total, boom',
      )
      assert.deepEqual([error.code, error.mayHaveRun], ['UNKNOWN_HANDLER', false])
    }
    assert.ok((await errorOf(loose.ask.onStop())) instanceof UnknownHandlerError)
  })

  test(`references arrive wherever they are in a message, and equal what was sent, ${scene}`, async () => {
    await using system = await startSystem(options)
    const [mirror, counter] = [await system.spawn(Mirror), await system.spawn(Counter)]
    const sent = {
      list: [counter],
      map: new Map([[counter, 1]]),
      set: new Set([mirror]),
      error: new URIError('e'),
    }
    const back = (await mirror.ask.echo(sent)) as typeof sent
    assert.ok(back.list[0]!.equals(counter) && [...back.set][0]!.equals(mirror))
    assert.ok([...back.map.keys()][0]!.equals(counter) && !back.list[0]!.equals(mirror))
    assert.ok(back.error instanceof URIError)
    assert.equal(await back.list[0]!.ask.add(2), 2)
  })

  test(`a handler is told who sent its message, also after an await, ${scene}`, async () => {
    await using system = await startSystem(options)
    const [a, b] = [await system.spawn(Mirror, { name: 'a' }), await system.spawn(Mirror, { name: 'b' })]
    assert.equal(await a.ask.whoAsks(), undefined)
    assert.equal(await a.ask.whoAsksLater(2), undefined)
    assert.equal(await a.ask.ask(b), '/user/a')
    assert.equal(await a.ask.askLater(b), '/user/a')
    assert.ok((await a.ask.self()).equals(a))
  })
}

test('the sender from another thread can be answered', async () => {
  await using system = await startSystem({ threads: 1, pools: { far: { threads: 1 } } })
  const [a, b] = [await system.spawn(Mirror, { name: 'a' }), await system.spawn(Mirror, { pool: 'far' })]
  assert.equal(await a.ask.ask(b), '/user/a')
  assert.equal(await a.ask.askLater(b), '/user/a')
})

test('a value that only looks as if it could be sent is refused and takes no other message with it', async () => {
  await using system = await startSystem({ threads: 1 })
  const [mirror, thrower, recorder] = [
    await system.spawn(Mirror),
    await system.spawn(Thrower),
    await system.spawn(Recorder),
  ]
  const before = recorder.ask.hear(1)
  const [argument, result] = await Promise.all([
    errorOf(mirror.ask.echo(new Proxy({}, {}))),
    errorOf(thrower.ask.giveProxy()),
  ])
  assert.ok(argument instanceof NotSendableError && result instanceof NotSendableError)
  recorder.tell.hear(new Proxy({}, {}))
  recorder.tell.hear(2)
  await before
  await until('the last has arrived', async () => (await recorder.ask.heard()).length === 2)
  assert.deepEqual(await recorder.ask.heard(), [1, 2])
})

test('a constructor argument that only looks as if it could be sent fails the spawn and nothing else', async () => {
  await using system = await startSystem({ threads: 1 })
  const looksLikeDate = new Proxy(new Date(0), {}) as unknown as number
  const [refused, started] = await Promise.all([
    errorOf(system.spawn(Counter, { name: 'same', args: [looksLikeDate] })),
    system.spawn(Counter, { args: [2] }),
  ])
  assert.ok(refused instanceof NotSendableError, String(refused))
  assert.equal(await started.ask.total(), 2)
  assert.equal(await (await system.spawn(Counter, { name: 'same' })).ask.total(), 0)
})

test('a reference shows its path wherever it is printed', async () => {
  await using system = await startSystem()
  const counter = await system.spawn(Counter, { name: 'counter' })
  assert.equal(String(counter), '/user/counter')
  assert.equal(JSON.stringify({ counter }), '{"counter":{"path":"/user/counter"}}')
  assert.equal(await counter, counter, 'it is no promise')
  assert.equal(inspect({ counter }), '{ counter: ActorRef(/user/counter) }')
})

test('in development what was sent is frozen, so that a sender that keeps writing to it is caught', async () => {
  await using system = await startSystem({ development: true })
  const mirror = await system.spawn(Mirror)
  const sent = {
    deep: { list: [1] },
    map: new Map([['k', { v: 1 }]]),
    set: new Set([{ s: 1 }]),
    bytes: new Uint8Array(2),
    mirror,
  }
  await mirror.ask.echo(sent)
  for (const part of [sent, sent.deep, sent.deep.list, sent.map.get('k'), [...sent.set][0]])
    assert.ok(Object.isFrozen(part))
  assert.throws(() => sent.deep.list.push(2), TypeError)
  sent.bytes[0] = 1
})

test('outside development what was sent is left as it is', async () => {
  await using system = await startSystem()
  const sent = { list: [1] }
  const mirror: ActorRef<Mirror> = await system.spawn(Mirror)
  assert.equal(await mirror.ask.echo(sent), sent)
  assert.ok(!Object.isFrozen(sent))
})

test('actors are made by spawn and not by "new"', () => {
  assert.throws(() => new Counter(), /Counter was made with "new": actors are made by spawn/)
  assert.ok(ActorSystem)
})
