import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { ControlClient } from '../../../runtime/telemetry/control-client.ts'
import { CONTROL_LIMITS } from '../../../runtime/telemetry/control-protocol.ts'
import { ControlServer } from '../../../runtime/telemetry/control-server.ts'
import { actor, MemoryControl, traced } from './memory-control.ts'

const base = mkdtempSync(join(tmpdir(), 'np-control-'))
after(() => rmSync(base, { recursive: true, force: true }))
let folders = 0
const freshDir = () => join(base, `d${++folders}`)

/** A server that lives in a process of its own, to be killed. */
async function otherProcess(dataDir: string): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'control-process.ts'), [dataDir])
  await once(child, 'message')
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

test('only its owner can open the socket or enter the folder', async () => {
  const dataDir = freshDir()
  await using _server = await ControlServer.listen(new MemoryControl(), { dataDir })
  assert.equal(statSync(dataDir).mode & 0o777, 0o700)
  assert.equal(statSync(join(dataDir, 'control.sock')).mode & 0o777, 0o600)
})

test('a folder that others can enter does not open the socket to them', async () => {
  const dataDir = freshDir()
  mkdirSync(dataDir)
  chmodSync(dataDir, 0o755)
  const umask = process.umask(0)
  try {
    await using _server = await ControlServer.listen(new MemoryControl(), { dataDir })
    assert.equal(statSync(join(dataDir, 'control.sock')).mode & 0o777, 0o600)
    assert.equal(process.umask(), 0, 'the mask of the process is as it was')
  } finally {
    process.umask(umask)
  }
})

test('the socket is gone after close', async () => {
  const dataDir = freshDir()
  const server = await ControlServer.listen(new MemoryControl(), { dataDir })
  await server.close()
  await server.close()
  assert.equal(existsSync(join(dataDir, 'control.sock')), false)
})

test('the socket of a node that was killed is replaced', async () => {
  const dataDir = freshDir()
  await kill(await otherProcess(dataDir))
  assert.equal(lstatSync(join(dataDir, 'control.sock')).isSocket(), true)
  await using _server = await ControlServer.listen(new MemoryControl(), { dataDir })
  using client = await ControlClient.connect({ dataDir })
  assert.equal((await client.call('describe', {})).name, 'memory')
})

test('the socket of a living node is left alone, and the error names its process', async () => {
  const dataDir = freshDir()
  const other = await otherProcess(dataDir)
  await assert.rejects(
    ControlServer.listen(new MemoryControl(), { dataDir }),
    (error: Error & { code: string }) => {
      assert.equal(error.code, 'CONTROL_SOCKET_IN_USE')
      assert.match(error.message, new RegExp(`pid ${other.pid}`))
      return true
    },
  )
  using client = await ControlClient.connect({ dataDir })
  assert.equal((await client.call('describe', {})).pid, other.pid)
  await kill(other)
})

test('the socket of a node that does not answer is left alone', async () => {
  const dataDir = freshDir()
  const other = await otherProcess(dataDir)
  other.kill('SIGSTOP')
  await assert.rejects(ControlServer.listen(new MemoryControl(), { dataDir }), {
    code: 'CONTROL_SOCKET_IN_USE',
  })
  await kill(other)
})

test('many that want one place at once: one gets it, the others are told so', async () => {
  const dataDir = freshDir()
  await kill(await otherProcess(dataDir))
  const all = await Promise.allSettled(
    Array.from({ length: 8 }, () => ControlServer.listen(new MemoryControl(), { dataDir })),
  )
  const servers = all.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  assert.equal(servers.length, 1)
  for (const result of all)
    if (result.status === 'rejected') assert.equal(result.reason.code, 'CONTROL_SOCKET_IN_USE')
  using client = await ControlClient.connect({ dataDir })
  assert.equal((await client.call('describe', {})).name, 'memory')
  await servers[0]?.close()
})

test('a file that is no socket is never removed', async () => {
  const socket = join(base, 'notes.txt')
  writeFileSync(socket, 'mine')
  await assert.rejects(ControlServer.listen(new MemoryControl(), { socket }), { code: 'CONTROL_SOCKET' })
  assert.equal(existsSync(socket), true)
})

test('a folder that cannot be made is named', async () => {
  const file = join(base, 'file')
  writeFileSync(file, '')
  await assert.rejects(ControlServer.listen(new MemoryControl(), { dataDir: join(file, 'x') }), {
    code: 'CONTROL_SOCKET',
  })
})

test('a path that is too long for a socket is served from a private folder that the client finds', async () => {
  const dataDir = join(freshDir(), 'a'.repeat(60), 'b'.repeat(60))
  const server = await ControlServer.listen(new MemoryControl(), { dataDir })
  const link = join(dataDir, 'control.sock')
  const target = readlinkSync(link)
  assert.equal(statSync(dirname(target)).mode & 0o777, 0o700)
  {
    using client = await ControlClient.connect({ dataDir })
    assert.equal((await client.call('describe', {})).name, 'memory')
  }
  await assert.rejects(ControlServer.listen(new MemoryControl(), { dataDir }), {
    code: 'CONTROL_SOCKET_IN_USE',
  })
  await server.close()
  assert.equal(existsSync(dirname(target)), false)
  assert.equal(existsSync(link), false)
})

test('a long path that a killed node has left behind is replaced as a whole', async () => {
  const dataDir = join(freshDir(), 'a'.repeat(60), 'b'.repeat(60))
  await kill(await otherProcess(dataDir))
  const stale = readlinkSync(join(dataDir, 'control.sock'))
  await using _server = await ControlServer.listen(new MemoryControl(), { dataDir })
  assert.equal(existsSync(dirname(stale)), false)
  using client = await ControlClient.connect({ dataDir })
  assert.equal((await client.call('describe', {})).name, 'memory')
})

test('a socket path that was given and is too long is refused with its length', async () => {
  const socket = join(base, 's'.repeat(120))
  const refused = { code: 'CONTROL_PATH_TOO_LONG', message: /bytes long/ }
  await assert.rejects(ControlServer.listen(new MemoryControl(), { socket }), refused)
  await assert.rejects(ControlClient.connect({ socket }), refused)
})

/** A connection that writes whatever it likes and collects what comes back. */
class RawClient {
  readonly socket: Socket
  readonly #lines: AsyncIterator<string>

  constructor(path: string) {
    this.socket = connect(path)
    this.socket.on('error', () => {})
    this.#lines = createInterface({ input: this.socket })[Symbol.asyncIterator]()
  }

  send(text: string | Buffer): void {
    this.socket.write(text)
  }

  async next(): Promise<{ id: unknown; done?: unknown; error?: { code: string; message: string } }> {
    return JSON.parse((await this.#lines.next()).value)
  }
}

test('garbage gets an error in reply, and what comes after it is answered', async () => {
  await using server = await ControlServer.listen(new MemoryControl(), { dataDir: freshDir() })
  const raw = new RawClient(server.path)
  const bad = [
    'what?\n',
    '[1,2]\n',
    'null\n',
    '{"op":"describe"}\n',
    '{"id":1,"op":"__proto__"}\n',
    '{"id":2,"op":"trace"}\n',
    '{"id":3,"op":"trace","path":"user"}\n',
    '{"id":4,"op":"top","everyMs":0,"sort":"queue","limit":1}\n',
    '{"id":5,"op":"top","everyMs":1000,"sort":"size","limit":1}\n',
    '{"id":6,"op":"top","everyMs":1000,"sort":"queue","limit":1e9}\n',
    '{"id":7,"op":"cancel"}\n',
    '{"id":11,"op":"ask","path":"/system/a"}\n',
    '{"id":12,"op":"ask","path":"system","method":"status"}\n',
    `{"id":13,"op":"ask","path":"/system/a","method":"${'x'.repeat(CONTROL_LIMITS.methodLength + 1)}"}\n`,
    Buffer.from([0xff, 0xfe, 0x00, 0x0a]),
    `{"id":8,"op":"describe","padding":"${'x'.repeat(CONTROL_LIMITS.requestBytes)}"}\n`,
  ]
  for (const text of bad) {
    raw.send(text)
    assert.equal((await raw.next()).error?.code, 'CONTROL_BAD_REQUEST', String(text).slice(0, 60))
  }
  raw.send('{"id":9,"op":"stop","path":"/user/none"}\n{"id":10,"op":"describe"}\n')
  const replies = [await raw.next(), await raw.next()]
  assert.deepEqual(replies.map(({ id }) => id).sort(), [10, 9])
  assert.equal(replies.find(({ id }) => id === 9)?.error?.code, 'ACTOR_GONE')
  raw.socket.destroy()
})

test('a request in pieces, and several in one piece, are all answered', async () => {
  await using server = await ControlServer.listen(new MemoryControl(), { dataDir: freshDir() })
  const raw = new RawClient(server.path)
  raw.send('{"id":1,"op":"des')
  raw.send('cribe"}\n{"id":2,"op":"describe"}\n\n{"id":3,')
  raw.send('"op":"describe"}\n')
  assert.deepEqual([(await raw.next()).id, (await raw.next()).id, (await raw.next()).id], [1, 2, 3])
  raw.socket.destroy()
})

test('one id for two requests under way is refused, and so are too many requests', async () => {
  await using server = await ControlServer.listen(new MemoryControl(), { dataDir: freshDir() })
  const raw = new RawClient(server.path)
  const trace = (id: number) => raw.send(`{"id":${id},"op":"trace","path":"/user/root/a"}\n`)
  for (let id = 1; id <= CONTROL_LIMITS.requests; id++) {
    trace(id)
    await raw.next()
  }
  trace(1)
  assert.equal((await raw.next()).error?.code, 'CONTROL_BAD_REQUEST')
  trace(99)
  assert.equal((await raw.next()).error?.code, 'CONTROL_BUSY')
  raw.socket.destroy()
})

test('one client more than the bound is turned away, and served once another has left', async () => {
  const dataDir = freshDir()
  await using _server = await ControlServer.listen(new MemoryControl(), { dataDir })
  const clients = await Promise.all(
    Array.from({ length: CONTROL_LIMITS.clients }, () => ControlClient.connect({ dataDir })),
  )
  for (const client of clients) await client.call('describe', {})
  const extra = await ControlClient.connect({ dataDir })
  await assert.rejects(extra.call('describe', {}), { code: 'CONTROL_BUSY' })
  clients.pop()?.close()
  for (;;) {
    using next = await ControlClient.connect({ dataDir })
    if (
      await next.call('describe', {}).then(
        () => true,
        () => false,
      )
    )
      break
  }
  for (const client of clients) client.close()
})

test('a client that does not read is dropped, and the others are served', async () => {
  const dataDir = freshDir()
  const control = new MemoryControl()
  await using server = await ControlServer.listen(control, { dataDir })
  const deaf = new RawClient(server.path)
  deaf.send('{"id":1,"op":"trace","path":"/user/root/a"}\n')
  await deaf.next()
  deaf.socket.pause()
  const large = 'x'.repeat(64 * 1024)
  while (control.tracing.size > 0) {
    control.emit(traced('flood', large))
    await new Promise((resolve) => setImmediate(resolve))
  }
  using client = await ControlClient.connect({ dataDir })
  assert.equal((await client.call('describe', {})).name, 'memory')
  deaf.socket.destroy()
})

test('a long list comes in batches and whole', async () => {
  const dataDir = freshDir()
  const control = new MemoryControl()
  control.actors = Array.from({ length: 20_000 }, (_, index) => actor(`/user/many/a${index}`))
  await using _server = await ControlServer.listen(control, { dataDir })
  using client = await ControlClient.connect({ dataDir })
  const actors = await client.collect('inspect', {})
  assert.equal(actors.length, 20_000)
  assert.equal(actors[19_999]?.path, '/user/many/a19999')
  assert.equal((await client.collect('inspect', { under: '/user/many/a1' })).length, 1)
})

test('an answer comes as it is where it is JSON data, and is refused with its place where not', async () => {
  const dataDir = freshDir()
  const control = new MemoryControl()
  await using _server = await ControlServer.listen(control, { dataDir })
  using client = await ControlClient.connect({ dataDir })
  const ask = (answer: unknown) => {
    control.answer = answer
    return client.call('ask', { path: '/user/root/a', method: 'status' })
  }
  assert.deepEqual(await ask({ list: [1, 'two', null, { three: true }], none: undefined }), {
    list: [1, 'two', null, { three: true }],
  })
  assert.equal(await ask(undefined), null)
  assert.equal(control.asked[0], '/user/root/a status')
  const refused = (answer: unknown, message: RegExp) =>
    assert.rejects(ask(answer), { code: 'UNREADABLE_ANSWER', message })
  await refused({ hash: new Uint8Array(3) }, /the answer\.hash is a Uint8Array, which JSON can't hold/)
  await refused([1, [2n]], /the answer\[1\]\[0\] is a bigint/)
  await refused({ at: new Date() }, /the answer\.at is a Date/)
  await refused({ a: { b: Number.NaN } }, /the answer\.a\.b is NaN/)
  await refused(new Map(), /the answer is a Map/)
  await refused([undefined], /the answer\[0\] is undefined/)
  await refused({ toJSON: () => 1 }, /the answer\.toJSON is a function/)
  const circle: unknown[] = []
  circle.push(circle)
  await refused(circle, /more than 32 levels/)
  await refused('x'.repeat(CONTROL_LIMITS.answerBytes), /more than 1048576 bytes/)
  await refused('\u0000'.repeat(CONTROL_LIMITS.answerBytes / 4), /more than 1048576 bytes/)
  assert.equal(await ask(1), 1)
})

test('an answer that shares its parts many times over is refused without looking at all of it', async () => {
  const dataDir = freshDir()
  const control = new MemoryControl()
  await using _server = await ControlServer.listen(control, { dataDir })
  using client = await ControlClient.connect({ dataDir })
  control.answer = Array.from({ length: 30 }).reduce<unknown>((part) => [part, part, part, part], 0)
  await assert.rejects(client.call('ask', { path: '/user/root/a', method: 'status' }), {
    code: 'UNREADABLE_ANSWER',
  })
})
