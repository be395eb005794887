import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import {
  Actor,
  ActorSystem,
  child,
  InvalidOptionError,
  ModuleLoadError,
  NameTakenError,
  type SystemOptions,
  supervisor,
  UnknownActorClassError,
} from '../../runtime/index.ts'
import { Counter, Recorder } from '../actors-under-test/basics.ts'
import { FailingConstructor, Starter } from '../actors-under-test/supervised.ts'
import { PLACES, startSystem } from '../support/systems.ts'
import { errorOf } from '../support/until.ts'

const folder = mkdtempSync(join(tmpdir(), 'np-modules-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function moduleFile(name: string, source: string): string {
  const file = join(folder, name)
  writeFileSync(file, source)
  return pathToFileURL(file).href
}

const IMPOSSIBLE: [option: string, options: unknown][] = [
  ['threads', { threads: -1 }],
  ['threads', { threads: 1.5 }],
  ['threads', { threads: 1_000 }],
  ['threads', { threads: '2' }],
  ['pools.gpu.threads', { pools: { gpu: { threads: 0 } } }],
  ['pools.gpu.threads', { pools: { gpu: {} } }],
  ['pools.gpu', { pools: { gpu: 2 } }],
  ['pools.gpu.maxHeapMb', { pools: { gpu: { threads: 1, maxHeapMb: 1 } } }],
  ['pools.gpu.stallMs', { pools: { gpu: { threads: 1, stallMs: 0 } } }],
  ['threads', { pools: { default: { threads: -1 } } }],
  ['name', { name: '' }],
  ['name', { name: 7 }],
  ['logLevel', { logLevel: 'loud' }],
  ['logFile', { logFile: 7 }],
  ['dataDir', { dataDir: 7 }],
  ['seed', { seed: -1 }],
  ['modules', { modules: './actors.ts' }],
  ['module', { modules: [''] }],
  ['module', { modules: [7] }],
  ['limits.stallMs', { limits: { stallMs: 0 } }],
  ['limit "nothing"', { limits: { nothing: 1 } }],
  ['option "thread"', { thread: 1 }],
  ['development', { development: 'yes' }],
  ['signals', { signals: 'no' }],
]

for (const [option, options] of IMPOSSIBLE)
  test(`a system is not started with ${JSON.stringify(options)}, and the error names ${option}`, async () => {
    const error = await errorOf(ActorSystem.start(options as SystemOptions))
    assert.ok(error instanceof InvalidOptionError, String(error))
    assert.ok(error.message.includes(option), error.message)
  })

const IMPOSSIBLE_SPAWNS: [option: string, options: unknown][] = [
  ['"a/b"', { name: 'a/b' }],
  ['mailbox.size', { mailbox: { size: 0 } }],
  ['mailbox.overflow', { mailbox: { overflow: 'explode' } }],
  ['restart', { restart: 'always' }],
  ['shutdownMs', { shutdownMs: -1 }],
  ['pool "gpu"', { pool: 'gpu' }],
  ['args', { args: 'text' }],
]

test('an actor is not spawned with impossible options, and the error names each', async () => {
  await using system = await startSystem()
  for (const [option, options] of IMPOSSIBLE_SPAWNS) {
    const error = await errorOf(system.spawn(Counter, options as { name: string }))
    assert.ok(error instanceof InvalidOptionError, String(error))
    assert.ok(error.message.includes(option), error.message)
  }
  const refused = await errorOf(system.spawn(Counter, { args: [(() => 1) as unknown as number] }))
  assert.match(refused.message, /argument 1 can't be sent: it is a function/)
})

test('a supervisor of anything but children is refused', () => {
  assert.throws(
    () => supervisor({ children: { a: Counter as never } }),
    /the child "a" has to be made by child\(Class/,
  )
  assert.throws(() => supervisor({ children: { 'a/b': child(Counter) } }), /"a\/b" can't be an actor's name/)
})

for (const { place, threads } of PLACES) {
  test(`a name is given to one living child of a parent, for actors ${place}`, async () => {
    await using system = await startSystem({ threads })
    const first = await system.spawn(Counter, { name: 'counter' })
    const error = await errorOf(system.spawn(Counter, { name: 'counter' }))
    assert.ok(error instanceof NameTakenError)
    assert.deepEqual([error.code, error.target], ['NAME_TAKEN', '/user/counter'])
    await system.stop(first)
    const second = await system.spawn(Counter, { name: 'counter' })
    assert.ok(!second.equals(first))
  })

  test(`an actor ${place} whose constructor or onStart throws is not spawned, and its name is free again`, async () => {
    await using system = await startSystem({ threads })
    const restarts: unknown[] = []
    system.on('restart', (restart) => void restarts.push(restart))
    assert.ok((await errorOf(system.spawn(FailingConstructor, { name: 'a' }))) instanceof SyntaxError)
    const log = await system.spawn(Recorder)
    const error = await errorOf(system.spawn(Starter, { name: 'a', args: [log, 1] }))
    assert.ok(error instanceof RangeError)
    assert.equal(error.message, 'can not start')
    await system.spawn(Counter, { name: 'a' })
    assert.deepEqual(restarts, [])
  })

  test(`a class that no module exports is refused where actors live ${place}`, async () => {
    class Private extends Actor {}
    await using system = await startSystem({ threads })
    const error = await errorOf(system.spawn(Private))
    assert.ok(error instanceof UnknownActorClassError)
    assert.match(
      error.message,
      /the class Private is exported by no module of this system; export it from one of .*basics\.ts/,
    )
    assert.match(
      (await errorOf(system.spawn(String as never))).message,
      /String is no actor class: it has to extend/,
    )
    assert.ok((await errorOf(system.spawn(undefined as never))) instanceof UnknownActorClassError)
  })
}

test('a class needs no module where one thread hosts all and none is named', async () => {
  class Private extends Actor {
    ping(): string {
      return 'pong'
    }
  }
  await using system = await ActorSystem.start({ threads: 0, logLevel: 'silent', signals: false })
  assert.equal(await (await system.spawn(Private)).ask.ping(), 'pong')
})

test('a system with threads and no modules says with which module to start', async () => {
  class Private extends Actor {}
  await using system = await ActorSystem.start({ threads: 1, logLevel: 'silent', signals: false })
  assert.match(
    (await errorOf(system.spawn(Private))).message,
    /ActorSystem\.start\(\{ modules: \[import\.meta\.resolve/,
  )
})

test('a module that throws, or that is not there, is named, and nothing is left running', async () => {
  const throwing = moduleFile('throwing.ts', `throw new Error('no configuration')`)
  const error = await errorOf(startSystem({ modules: [throwing], threads: 1 }))
  assert.ok(error instanceof ModuleLoadError)
  assert.match(error.message, /throwing\.ts could not be imported: Error: no configuration/)
  const missing = await errorOf(startSystem({ modules: [join(folder, 'missing.ts')], threads: 1 }))
  assert.ok(missing instanceof ModuleLoadError)
  assert.match(missing.message, /missing\.ts could not be imported/)
})

test('a module that throws only on worker threads is named, too', async () => {
  const module = moduleFile(
    'threads.ts',
    `import { isMainThread } from 'node:worker_threads'\nif (!isMainThread) throw new TypeError('not here')`,
  )
  const error = await errorOf(startSystem({ modules: [module], threads: 2 }))
  assert.ok(error instanceof ModuleLoadError, String(error))
  assert.match(error.message, /threads\.ts could not be imported: TypeError: not here/)
})

test('two classes of one name are told apart by a "static type", and refused without', async () => {
  const index = new URL('../../runtime/index.ts', import.meta.url).href
  const source = (type: string) =>
    `import { Actor } from '${index}'\nexport class Twin extends Actor { ${type}; ping() { return 'pong' } }`
  const [one, two, typed] = [
    moduleFile('one.ts', source('')),
    moduleFile('two.ts', source('')),
    moduleFile('typed.ts', source(`static type = 'other'`)),
  ]
  const error = await errorOf(startSystem({ modules: [one, two] }))
  assert.ok(error instanceof ModuleLoadError)
  assert.match(
    error.message,
    /exports an actor class "Twin", but another module has one of that name; rename it or give it a "static type"/,
  )
  await using system = await startSystem({ modules: [one, typed, typed], threads: 1 })
  const { Twin } = (await import(typed)) as { Twin: new () => Actor & { ping(): string } }
  assert.equal(await (await system.spawn(Twin)).ask.ping(), 'pong')
  assert.ok((await system.inspect()).some(({ type }) => type === 'other'))
})
