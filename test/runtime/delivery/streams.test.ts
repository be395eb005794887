import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ActorGoneError,
  AskTimeoutError,
  NotSendableError,
  ThreadLostError,
  UnknownHandlerError,
} from '../../../runtime/index.ts'
import { Recorder } from '../../actors-under-test/basics.ts'
import { Source } from '../../actors-under-test/streaming.ts'
import { PLACES, startSystem } from '../../support/systems.ts'
import { errorOf, until } from '../../support/until.ts'

async function readAll<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

for (const { place, threads } of PLACES) {
  test(`a stream of an actor ${place} gives all that is yielded, in order, however many`, async () => {
    await using system = await startSystem({ threads })
    const source = await system.spawn(Source)
    for (const count of [0, 1, 63, 64, 65, 1_000])
      assert.deepEqual(await readAll(source.stream.numbers(count)), upTo(count))
    assert.deepEqual(await readAll(source.stream.slowly(5, 1)), upTo(5))
  })

  test(`leaving the loop ends the generator of an actor ${place}`, async () => {
    await using system = await startSystem({ threads })
    const log = await system.spawn(Recorder)
    const source = await system.spawn(Source, { args: [log] })
    for await (const n of source.stream.numbers(1_000_000)) if (n === 3) break
    await until('it is closed', async () => (await log.ask.heard()).length === 1)
    for await (const n of source.stream.slowly(1_000_000, 1)) if (n === 3) break
    await until('it is closed', async () => (await log.ask.heard()).length === 2)
  })

  test(`an error in a generator of an actor ${place} reaches the reader after what came before, and fails the actor`, async () => {
    await using system = await startSystem({ threads })
    for (const method of ['breaks', 'breaksLater'] as const) {
      const source = await system.spawn(Source)
      const restarted = new Promise<string>(
        (resolve) => void system.on('restart', ({ path }) => resolve(path)),
      )
      const read: number[] = []
      const error = await errorOf(
        (async () => {
          for await (const n of source.stream[method](3)) read.push(n)
        })(),
      )
      assert.ok(error instanceof RangeError)
      assert.equal(error.message, 'the stream broke')
      assert.deepEqual(read, method === 'breaks' ? [] : upTo(3))
      assert.equal(await restarted, source.path)
      assert.equal(await source.ask.ping(), 'pong')
      await system.stop(source)
    }
  })

  test(`the reader of an actor ${place} that stops or restarts meanwhile is told`, async () => {
    await using system = await startSystem({ threads })
    for (const end of ['stop', 'restart'] as const) {
      const source = await system.spawn(Source, { name: end })
      const reading = source.stream.slowly(1_000_000, 5)
      await reading.next()
      const rest = errorOf(readAll(reading))
      if (end === 'stop') await system.stop(source)
      else await errorOf(source.ask.failAfter(20))
      const error = await rest
      assert.ok(error instanceof ActorGoneError, String(error))
      assert.deepEqual([error.target, error.method], [`/user/${end}`, 'slowly'])
      assert.deepEqual(await reading.next(), { done: true, value: undefined })
    }
  })

  test(`a stream of an actor ${place} has a deadline between two items where one is given`, async () => {
    await using system = await startSystem({ threads })
    const log = await system.spawn(Recorder)
    const source = await system.spawn(Source, { args: [log] })
    const error = await errorOf(readAll(source.within(300).stream.slowly(3, 1_000)))
    assert.ok(error instanceof AskTimeoutError)
    await until('its generator is closed', async () => (await log.ask.heard()).length === 1)
    assert.deepEqual(await readAll(source.within(5_000).stream.slowly(3, 2)), upTo(3))
  })

  test(`what a stream of an actor ${place} may not send is refused`, async () => {
    await using system = await startSystem({ threads })
    const source = await system.spawn(Source)
    const error = await errorOf(readAll(source.stream.unsendable()))
    assert.ok(error instanceof NotSendableError)
    assert.match(error.message, /items\[0\] can't be sent: it is a function/)
    const [self] = await readAll(source.stream.selves(1))
    assert.ok(self!.equals(source))
  })

  test(`a stream of an actor ${place} that nobody reads is closed after a while`, async () => {
    await using system = await startSystem({ threads, limits: { streamIdleMs: 50 } })
    const log = await system.spawn(Recorder)
    const source = await system.spawn(Source, { args: [log] })
    const reading = source.stream.numbers(1_000_000)
    await reading.next()
    await until('it is closed', async () => (await log.ask.heard()).length === 1)
    assert.ok((await errorOf(readAll(reading))) instanceof ActorGoneError)
  })

  test(`an actor ${place} reads from another`, async () => {
    await using system = await startSystem({ threads, pools: { far: { threads: 1 } } })
    const source = await system.spawn(Source)
    for (const pool of [undefined, 'far']) {
      const reader = await system.spawn(Source, { pool })
      assert.equal(await reader.ask.sum(source, 1_000), 499_500)
    }
  })

  test(`other messages to an actor ${place} are handled while it is read`, async () => {
    await using system = await startSystem({ threads })
    const source = await system.spawn(Source)
    const reading = source.stream.slowly(1_000, 20)
    await reading.next()
    assert.equal(await source.within(2_000).ask.ping(), 'pong')
    await reading.return?.()
  })
}

test('items that are asked for at once come each once and in order', async () => {
  await using system = await startSystem()
  const source = await system.spawn(Source)
  const reading = source.stream.numbers(200)
  const items = await Promise.all(Array.from({ length: 201 }, () => reading.next()))
  assert.deepEqual(
    items.slice(0, 200).map(({ value }) => value),
    upTo(200),
  )
  assert.equal(items[200]!.done, true)
})

test('a slow reader is sent no more than it can read soon', async () => {
  await using system = await startSystem({ limits: { streamBatch: 4 } })
  const log = await system.spawn(Recorder)
  const source = await system.spawn(Source, { args: [log] })
  const reading = source.stream.numbers(12)
  await reading.next()
  await source.ask.ping()
  assert.deepEqual(await log.ask.heard(), [], 'the generator waits for its reader')
  assert.equal((await readAll(reading)).length, 11)
})

test('a stream that is left before it was read never begins', async () => {
  await using system = await startSystem()
  const source = await system.spawn(Source)
  const reading = source.stream.numbers(5)
  assert.deepEqual(await reading.return?.(), { done: true, value: undefined })
  assert.deepEqual(await reading.next(), { done: true, value: undefined })
  assert.equal((await system.inspect()).find(({ type }) => type === 'Source')!.turns, 0)
})

test('the reader is told when the thread of the stream is lost', async () => {
  await using system = await startSystem({ threads: 1 })
  const source = await system.spawn(Source, { name: 'source' })
  const reading = source.stream.slowly(1_000_000, 5)
  await reading.next()
  const rest = errorOf(readAll(reading))
  source.tell.exitProcess()
  const error = await rest
  assert.ok(error instanceof ThreadLostError)
  assert.deepEqual([error.target, error.method], ['/user/source', 'slowly'])
})

test('a stream is closed when the thread of its reader is lost, also of an actor below another', async () => {
  await using system = await startSystem({ threads: 1, pools: { far: { threads: 1 } } })
  const log = await system.spawn(Recorder)
  const source = await (await system.spawn(Source)).ask.spawnBelow(log)
  const reader = await system.spawn(Source, { pool: 'far' })
  reader.tell.readForEver(source)
  await until(
    'it is read',
    async () => (await system.inspect()).find(({ path }) => path === source.path)!.turns > 3,
  )
  const losing = new Promise((resolve) => void system.on('threadLost', resolve))
  const killer = await system.spawn(Source, { pool: 'far' })
  killer.tell.exitProcess()
  await losing
  await until('it is closed', async () => (await log.ask.heard()).includes('closed'))
})

test('a generator that fails while it is closed does no harm', async () => {
  await using system = await startSystem()
  const source = await system.spawn(Source)
  for await (const n of source.stream.closesBadly()) if (n > 2) break
  assert.equal(await source.ask.ping(), 'pong')
})

test('a generator is not asked, and what is no generator is not read', async () => {
  await using system = await startSystem()
  const source = await system.spawn(Source, { name: 'source' })
  const loose = source as unknown as {
    ask: { numbers(n: number): Promise<unknown> }
    stream: { noStream(): AsyncIterable<unknown>; nothing(): AsyncIterable<unknown> }
  }
  const asked = await errorOf(loose.ask.numbers(3))
  assert.ok(asked instanceof UnknownHandlerError)
  assert.match(asked.message, /Source\.numbers is a generator: read it with ref\.stream\.numbers\(/)
  const read = await errorOf(readAll(loose.stream.noStream()))
  assert.ok(read instanceof UnknownHandlerError)
  assert.match(read.message, /Source\.noStream is no generator: call it with ref\.ask\.noStream\(/)
  assert.match((await errorOf(readAll(loose.stream.nothing()))).message, /has no handler "nothing"/)
})

test('an actor has no more streams open than limits.openStreams', async () => {
  await using system = await startSystem({ limits: { openStreams: 2 } })
  const source = await system.spawn(Source)
  const open = [1, 2].map(() => source.stream.numbers(1_000))
  for (const stream of open) await stream.next()
  assert.match((await errorOf(source.stream.numbers(1).next())).message, /limits\.openStreams/)
  await open[0]!.return?.()
  await until(
    'there is room',
    async () =>
      (
        await source.stream
          .numbers(1)
          .next()
          .catch(() => ({ done: true }))
      ).done !== true,
  )
})
