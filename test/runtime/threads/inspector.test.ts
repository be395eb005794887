import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import inspector from 'node:inspector'
import { relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  type ActorClass,
  ActorSystem,
  type SystemEvents,
  type SystemOptions,
  ThreadLostError,
} from '../../../runtime/index.ts'
import { collect } from '../../support/systems.ts'
import { errorOf, until } from '../../support/until.ts'
import { BlockingStart, BlockingStop, Thinker } from './stalled-actors.ts'

const ACTORS = new URL('./stalled-actors.ts', import.meta.url)
const FILE = relative(process.cwd(), fileURLToPath(ACTORS))

function start(options: SystemOptions = {}): Promise<ActorSystem> {
  return ActorSystem.start({
    ...{ modules: [ACTORS.href], threads: 1, logLevel: 'silent', signals: false },
    ...options,
    limits: { stallMs: 400, shutdownMs: 300, drainMs: 100, ...options.limits },
  })
}

/** Where the actors say something. */
function lineOf(code: string): string {
  const line = readFileSync(ACTORS, 'utf8')
    .split('\n')
    .findIndex((text) => text.includes(code))
  assert.ok(line >= 0)
  return `${FILE}:${line + 1}:`
}

function assertStartsWith(text: string | undefined, start: string): void {
  assert.ok(text?.startsWith(start), `"${text}" starts with "${start}"`)
}

/** Runs it again where a thread did not tell in time where it was: on a busy machine it need not. */
async function told<T extends { stalls: SystemEvents['stall'][] }>(scenario: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await scenario()
    if (attempt === 5 || outcome.stalls.every(({ at }) => at !== undefined)) return outcome
  }
}

test('code that blocks is shown with the calls that led there', async () => {
  const { stalls, losses } = await told(async () => {
    await using system = await start()
    const events = { stalls: collect(system, 'stall'), losses: collect(system, 'threadLost') }
    const thinker = await system.spawn(Thinker, { name: 'thinker' })
    await errorOf(thinker.within(20_000).ask.think())
    return events
  })
  const { path, method, at, stack } = stalls[0]!
  assert.deepEqual([path, method], ['/user/thinker', 'think'])
  assertStartsWith(at, lineOf('Math.sin(1)'))
  assert.match(at!, / in ponder$/)
  assert.equal(stack![0], at)
  assertStartsWith(stack![1], lineOf('ponder()'))
  assert.match(stack![1]!, / in Thinker\.think$/)
  assert.equal(stack!.length, 2, 'the runtime does not show itself')
  assert.ok(losses[0]!.reason.endsWith(`, at ${at}`))
})

test('a plain message that blocks is named, where nobody waits for its end', async () => {
  const { stalls } = await told(async () => {
    await using system = await start()
    const events = { stalls: collect(system, 'stall') }
    const thinker = await system.spawn(Thinker, { name: 'thinker' })
    for (let n = 0; n < 100; n++) thinker.tell.thread()
    // So often that it is known to be one that never awaits.
    for (let n = 0; n < 100; n++) thinker.tell.thinkOnceIn(100)
    await until('the stall is found', () => events.stalls.length > 0)
    return events
  })
  assert.deepEqual([stalls[0]!.path, stalls[0]!.method], ['/user/thinker', 'thinkOnceIn'])
})

test('the actor that blocks after an await is named, and not the one whose turn began last', async () => {
  const { stalls, restarts } = await told(async () => {
    await using system = await start()
    const events = { stalls: collect(system, 'stall'), restarts: collect(system, 'restart') }
    const guilty = await system.spawn(Thinker, { name: 'guilty' })
    const innocent = await system.spawn(Thinker, { name: 'innocent' })
    const blocked = errorOf(guilty.within(20_000).ask.thinkLater())
    innocent.tell.rest()
    assert.ok((await blocked) instanceof ThreadLostError)
    await until('both are back', () => events.restarts.length === 2)
    return events
  })
  const { path, method, at, stack } = stalls[0]!
  assert.deepEqual([path, method], ['/user/guilty', 'thinkLater'])
  assertStartsWith(at, lineOf('Math.random()'))
  assertStartsWith(stack![1], lineOf('await this.#reflect()'))
  const kinds = Object.fromEntries(restarts.map(({ path: of, exit }) => [of, exit.kind]))
  assert.deepEqual(kinds, { '/user/guilty': 'stalled', '/user/innocent': 'thread-lost' })
})

test('a thread that waits in shared memory is interrupted as well', async () => {
  const { stalls } = await told(async () => {
    await using system = await start()
    const events = { stalls: collect(system, 'stall') }
    const thinker = await system.spawn(Thinker, { name: 'thinker' })
    await errorOf(thinker.within(20_000).ask.waitForEver())
    return events
  })
  assert.deepEqual([stalls[0]!.path, stalls[0]!.method], ['/user/thinker', 'waitForEver'])
  assertStartsWith(stalls[0]!.at, lineOf('Atomics.wait('))
})

test('native code is not interrupted: the thread is replaced without knowing where it is', async () => {
  await using system = await start()
  const stalls = collect(system, 'stall')
  const thinker = await system.spawn(Thinker, { name: 'thinker' })
  await errorOf(thinker.within(20_000).ask.sleepNatively(1.5))
  assert.deepEqual(
    stalls.map(({ path, method, at }) => [path, method, at]),
    [['/user/thinker', 'sleepNatively', undefined]],
  )
  assert.equal(await thinker.within(20_000).ask.thread(), 1)
})

test('after an await in native code, the last turn that began is told as just that', async () => {
  await using system = await start()
  const stalls = collect(system, 'stall')
  const thinker = await system.spawn(Thinker, { name: 'thinker' })
  await errorOf(thinker.within(20_000).ask.sleepNativelyLater(2))
  assert.equal(stalls[0]!.method, 'sleepNativelyLater (the last turn that began)')
  assert.equal(stalls[0]!.at, undefined)
})

test('code of nobody that blocks is shown, and nobody is blamed for it', async () => {
  const { stalls, restarts } = await told(async () => {
    await using system = await start()
    const events = { stalls: collect(system, 'stall'), restarts: collect(system, 'restart') }
    const thinker = await system.spawn(Thinker, { name: 'thinker' })
    await thinker.ask.blockOutside()
    await until('it is back', () => events.restarts.length > 0)
    return events
  })
  assertStartsWith(stalls[0]!.at, lineOf('Math.cos(1)'))
  assert.equal(stalls[0]!.method, 'blockOutside (the last turn that began)')
  assert.equal(restarts[0]!.exit.kind, 'thread-lost')
})

for (const { type, method } of [
  { type: BlockingStart, method: 'onStart' },
  { type: BlockingStop, method: 'onStop' },
])
  test(`an actor that blocks in ${method} is named`, async () => {
    const { stalls } = await told(async () => {
      await using system = await start()
      const events = { stalls: collect(system, 'stall') }
      const spawned = system.spawn<ActorClass>(type, { name: 'blocking', restart: 'temporary' })
      // One that never starts rejects, one that never stops is never stopped.
      spawned.then((ref) => system.stop(ref)).catch(() => undefined)
      await until('it is found', () => events.stalls.length > 0)
      return events
    })
    assert.deepEqual([stalls[0]!.path, stalls[0]!.method], ['/user/blocking', method])
  })

test('two threads that are blocked at once are both told right', async () => {
  const { stalls } = await told(async () => {
    await using system = await start({ threads: 2 })
    const events = { stalls: collect(system, 'stall') }
    const one = await system.spawn(Thinker, { name: 'one', thread: 1 })
    const two = await system.spawn(Thinker, { name: 'two', thread: 2 })
    const asked = [one.within(20_000).ask.think(), two.within(20_000).ask.thinkLater()]
    await Promise.all(asked.map(errorOf))
    return events
  })
  const line = (code: string | undefined) => code?.split(':')[1]
  assert.deepEqual(stalls.map(({ path, method, thread, at }) => [path, method, thread, line(at)]).sort(), [
    ['/user/one', 'think', 1, line(lineOf('Math.sin(1)'))],
    ['/user/two', 'thinkLater', 2, line(lineOf('Math.random()'))],
  ])
})

test('where the permission model bars the inspector, a blocked thread is found all the same', async () => {
  const flags = ['--permission', '--allow-worker', '--allow-addons', '--allow-fs-read=*', '--no-warnings']
  const program = fileURLToPath(new URL('./stalling-process.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program])
  const { path, method, at } = JSON.parse(stdout)
  assert.deepEqual([path, method, at], ['/user/thinker', 'think', undefined])
})

test('a thread that a debugger holds is not taken for blocked', async () => {
  await using system = await start()
  const [stalls, losses] = [collect(system, 'stall'), collect(system, 'threadLost')]
  const thinker = await system.spawn(Thinker, { name: 'thinker' })
  inspector.open(0, '127.0.0.1')
  const debugging = await Debugging.start('neuroplex-1')
  try {
    await debugging.send('Debugger.enable')
    await debugging.send('Debugger.pause')
    const answered = thinker.within(20_000).ask.thread()
    await debugging.paused
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    assert.deepEqual([stalls, losses], [[], []])
    await debugging.send('Debugger.resume')
    assert.equal(await answered, 1)
  } finally {
    debugging.end()
    inspector.close()
  }
})

/** A debugger that is attached to one thread. */
class Debugging {
  readonly paused: Promise<void>
  readonly #session: inspector.Session
  readonly #sessionId: string
  #sent = 0

  static async start(thread: string): Promise<Debugging> {
    const session = new inspector.Session()
    session.connect()
    const attached = new Promise<string>((resolve) => {
      session.on('NodeWorker.attachedToWorker', ({ params }) => {
        if (params.workerInfo.title.endsWith(thread)) resolve(params.sessionId)
      })
    })
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
    return new Debugging(session, await attached)
  }

  constructor(session: inspector.Session, sessionId: string) {
    this.#session = session
    this.#sessionId = sessionId
    this.paused = new Promise((resolve) => {
      session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
        if (JSON.parse(params.message).method === 'Debugger.paused') resolve()
      })
    })
  }

  send(method: string): Promise<void> {
    const message = JSON.stringify({ id: ++this.#sent, method })
    return new Promise((resolve, reject) => {
      this.#session.post(
        'NodeWorker.sendMessageToWorker',
        { sessionId: this.#sessionId, message },
        (error: Error | null) => (error === null ? resolve() : reject(error)),
      )
    })
  }

  end(): void {
    this.#session.disconnect()
  }
}
