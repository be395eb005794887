import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { InvalidOptionError } from '../../../runtime/index.ts'
import { Counter } from '../../actors-under-test/basics.ts'
import { BadStopper } from '../../actors-under-test/supervised.ts'
import { startSystem } from '../../support/systems.ts'
import { errorOf } from '../../support/until.ts'

const folder = mkdtempSync(join(tmpdir(), 'np-log-'))
after(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const freshFile = () => join(folder, `${++files}.log`)

interface Line {
  level: number
  msg: string
  system: string
  thread: number
  [field: string]: unknown
}

function linesOf(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)
}

test('each restart is one line with its count, its budget and the error', async () => {
  const logFile = freshFile()
  {
    await using system = await startSystem({ name: 'shop', logLevel: 'warn', logFile, threads: 1 })
    const counter = await system.spawn(Counter, { name: 'counter' })
    for (const message of ['one', 'two']) await errorOf(counter.ask.boom(message))
    await counter.ask.total()
  }
  const lines = linesOf(logFile)
  assert.deepEqual(
    lines.map(({ level, system, actor, exit, count, budget, msg }) => ({
      level,
      system,
      actor,
      exit,
      count,
      budget,
      msg,
    })),
    [1, 2].map((count) => ({
      ...{ level: 40, system: 'shop', actor: '/user/counter', exit: 'failed', count },
      budget: `${count} of 3 in 5000 ms`,
      msg: `restarted /user/counter (${count} of 3 in 5000 ms): ${count === 1 ? 'one' : 'two'}`,
    })),
  )
  assert.match((lines[0]!.err as { stack: string }).stack, /basics\.ts/)
})

test('an actor that is given up is a line at the level of errors', async () => {
  const logFile = freshFile()
  {
    await using system = await startSystem({ logLevel: 'error', logFile })
    const counter = await system.spawn(Counter, { name: 'counter' })
    for (let i = 0; i < 4; i++) await errorOf(counter.ask.boom())
  }
  assert.deepEqual(
    linesOf(logFile).map(({ level, msg }) => [level, msg]),
    [[50, '/user/counter failed more than 3 times in 5000 ms; it is given up']],
  )
})

test('what goes wrong in an onStop is logged, with the actor', async () => {
  const logFile = freshFile()
  {
    await using system = await startSystem({ logLevel: 'warn', logFile, threads: 1 })
    await system.spawn(BadStopper, { name: 'bad', args: ['throws'] })
  }
  const [line] = linesOf(logFile)
  assert.deepEqual(
    [line!.actor, line!.thread, line!.msg],
    ['/user/bad', 1, 'onStop failed; the actor is ended all the same'],
  )
})

test('a system writes to its own log, at the level that it was given', async () => {
  const logFile = freshFile()
  {
    await using system = await startSystem({ logLevel: 'info', logFile })
    system.log.info({ order: 7 }, 'hello')
    system.log.debug('not this')
  }
  assert.deepEqual(
    linesOf(logFile).map(({ msg, order }) => [msg, order]),
    [['hello', 7]],
  )
})

test('a log file that can not be written is refused by its name, and says what to do', async () => {
  const error = await errorOf(startSystem({ logFile: join(folder, 'nowhere', 'x.log'), logLevel: 'info' }))
  assert.ok(error instanceof InvalidOptionError)
  assert.match(error.message, /the log file .*nowhere.*x\.log can't be opened: .*; choose another/)
})

test('a full disk loses log lines and nothing else, and is told once', () => {
  const program = `
    import { startSystem } from ${JSON.stringify(new URL('../../support/systems.ts', import.meta.url).href)}
    import { Counter } from ${JSON.stringify(new URL('../../actors-under-test/basics.ts', import.meta.url).href)}
    await using system = await startSystem({ logLevel: 'info', logFile: '/dev/full' })
    for (let i = 0; i < 5; i++) system.log.info('a line')
    const counter = await system.spawn(Counter)
    console.log('answered', await counter.ask.add(1))
  `
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  })
  assert.equal(stdout, 'answered 1\n')
  assert.equal(
    stderr,
    'neuroplex: log lines for /dev/full are being lost: the disk is full; free some space\n',
  )
  assert.equal(status, 0)
})

test('without a file the log goes to the standard error stream', () => {
  const program = `
    import { startSystem } from ${JSON.stringify(new URL('../../support/systems.ts', import.meta.url).href)}
    await using system = await startSystem({ logLevel: 'info' })
    system.log.warn('look here')
  `
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  })
  assert.equal(stdout, '')
  assert.equal((JSON.parse(stderr) as Line).msg, 'look here')
})
