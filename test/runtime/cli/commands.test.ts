import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { Folder, neuroplex, RunningNode, start } from './command.ts'

const folder = new Folder()
let node: RunningNode

before(async () => {
  node = await RunningNode.up('steady.ts', folder.path, '--name', 'steady')
})

after(async () => {
  await node[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

/** Asks again until the answer is as it will be, since the node goes on meanwhile. */
async function until<T>(ask: () => Promise<T>, good: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (good(answer)) return answer
  }
}

async function json(...args: string[]) {
  const { code, stdout, stderr } = await neuroplex([...args, '--json'], folder.path)
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

test('tree draws all actors with their class and figures', async () => {
  const { code, stdout } = await neuroplex(['tree'], folder.path)
  assert.equal(code, 0)
  assert.match(stdout, /^steady {2}pid \d+ · up .* · 2 threads in 2 pools · \d+ actors/)
  assert.match(stdout, /^└─ root +\S+ +0 +running/m)
  assert.match(stdout, /^ {3}├─ counter +Counter +1 +\w+ +\d+/m)
  assert.match(stdout, /^ {3}└─ feeder +Feeder +1 +running/m)
})

test('tree shows one branch, to a depth, and as JSON', async () => {
  const { stdout } = await neuroplex(['tree', '/user/root', '--depth', '1'], folder.path)
  assert.match(stdout, /^\/user\/root +supervisor/m)
  assert.match(stdout, /^└─ … 2 below$/m)
  const { system, actors } = await json('tree', '/user/root/counter')
  assert.equal(system.name, 'steady')
  assert.equal(system.pid, node.process.pid)
  assert.deepEqual(Object.keys(actors[0]).sort(), [
    'mailbox',
    'path',
    'restarts',
    'state',
    'thread',
    'turns',
    'type',
  ])
})

test('an actor that is not there ends a command with 4', async () => {
  for (const args of [
    ['tree', '/user/none'],
    ['trace', '/user/none'],
    ['restart', '/user/none'],
    ['stop', '/user/none'],
  ]) {
    const { code, stderr } = await neuroplex(args, folder.path)
    assert.equal(code, 4, args.join(' '))
    assert.match(stderr, /there is no actor \/user\/none/)
  }
})

test('top takes one reading of rates, pools, threads and actors', async () => {
  const { code, stdout } = await neuroplex(['top', '--once', '--every', '0.2'], folder.path)
  assert.equal(code, 0)
  assert.match(stdout, /^steady {2}pid \d+/)
  assert.match(stdout, /^POOL +THREADS +ACTORS/m)
  assert.match(stdout, /^default +1 /m)
  assert.match(stdout, /^\/user\/root\/feeder +Feeder/m)
  const reading = await until(
    () => json('top', '--once', '--every', '0.2', '--sort', 'turns', '--actors', '2'),
    ({ turnsPerSecond }) => turnsPerSecond > 0,
  )
  assert.equal(reading.busiest.length, 2)
  assert.ok(reading.busiest[0].turnsPerSecond >= reading.busiest[1].turnsPerSecond)
  assert.ok(reading.threads.some(({ pool }: { pool: string }) => pool === 'default'))
})

test('top --json goes on, one document on a line, until Ctrl-C', async () => {
  const top = start(['top', '--json', '--every', '0.1'], folder.path)
  let lines = 0
  createInterface({ input: top.stdout! }).on('line', (line) => {
    assert.ok(JSON.parse(line).at > 0)
    if (++lines === 3) top.kill('SIGINT')
  })
  assert.deepEqual(await once(top, 'close'), [0, null])
  assert.ok(lines >= 3)
})

test('trace shows messages as they pass', async () => {
  const { code, stdout, stderr } = await neuroplex(
    ['trace', '/user/root/counter', '--count', '100'],
    folder.path,
  )
  assert.equal(code, 0)
  assert.match(stderr, /^tracing \/user\/root\/counter; Ctrl-C ends$/m)
  assert.equal(stdout.trimEnd().split('\n').length, 100)
  assert.match(stdout, /^\d\d:\d\d:\d\d\.\d{3} {2}→ in {4}add\(1\) {2}from \/user\/root\/feeder$/m)
  assert.match(stdout, /^\S+ {2}✓ done {2}add {2}\S+ µs$/m)
  assert.match(stdout, /^\S+ {2}✗ fail {2}fail .* asked to fail$/m)
})

test('trace --json writes one document on a line', async () => {
  const { stdout } = await neuroplex(['trace', '/user/root/feeder', '--count', '3', '--json'], folder.path)
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(events.length, 3)
  assert.ok(events.every(({ path }) => path === '/user/root/feeder'))
  assert.ok(events.some(({ kind, peer }) => kind === 'sent' && peer === '/user/root/counter'))
})

test('trace ends well by Ctrl-C', async () => {
  const trace = start(['trace', '/user/root/counter'], folder.path)
  trace.stdout?.once('data', () => trace.kill('SIGINT'))
  trace.stdout?.resume()
  assert.deepEqual(await once(trace, 'close'), [0, null])
})

test('dead shows the letters that could not be delivered, with reasons', async () => {
  const { deadLetters } = await until(
    () => json('dead', '--last', '1'),
    (answer) => answer.deadLetters.length > 0,
  )
  assert.equal(deadLetters[0].reason, 'failed')
  assert.equal(deadLetters[0].to, '/user/root/counter')
  const { code, stdout } = await neuroplex(['dead'], folder.path)
  assert.equal(code, 0)
  assert.match(stdout, /^TIME +TO · METHOD +REASON +FROM +DETAIL$/m)
  assert.match(stdout, /\/user\/root\/counter · fail +failed .*asked to fail/)
  assert.match(stdout, /^failed {2}the handler failed, and nobody waited for the reply$/m)
})

test('restart gives an actor a new instance', async () => {
  const before = (await json('tree', '/user/root/feeder')).actors[0].restarts
  assert.deepEqual(await json('restart', '/user/root/feeder'), { path: '/user/root/feeder', restarted: true })
  await until(
    () => json('tree', '/user/root/feeder'),
    ({ actors }) => actors[0].restarts === before + 1,
  )
})

test('stop ends an actor for good', async () => {
  const { code, stdout } = await neuroplex(['stop', '/user/root/feeder'], folder.path)
  assert.equal(code, 0)
  assert.equal(stdout, 'stopped /user/root/feeder\n')
  assert.equal((await neuroplex(['tree', '/user/root/feeder'], folder.path)).code, 4)
})

test('a reader that has seen enough is no failure', async () => {
  const top = start(['top', '--json', '--every', '0.1'], folder.path)
  top.stdout?.once('data', () => top.stdout?.destroy())
  assert.deepEqual(await once(top, 'close'), [0, null])
})

test('a command that is under way when the node ends says so with 3', async () => {
  const top = start(['top', '--json', '--every', '0.1'], folder.path)
  let stderr = ''
  top.stderr?.on('data', (chunk) => (stderr += chunk))
  top.stdout?.once('data', () => node.process.kill('SIGKILL'))
  top.stdout?.resume()
  assert.deepEqual(await once(top, 'close'), [3, null])
  assert.match(stderr, /closed the connection; it has probably ended/)
})
