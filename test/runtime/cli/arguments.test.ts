import assert from 'node:assert/strict'
import { after, mock, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { EXIT_TABLE } from '../../../runtime/cli/exit-codes.ts'
import { main } from '../../../runtime/cli/main.ts'
import { Folder, neuroplex, type Result } from './command.ts'

/** Runs a command that ends before it does anything, without the cost of a process. */
async function inThisProcess(args: string[]): Promise<Result> {
  let stdout = ''
  let stderr = ''
  const pass = process.stdout.write.bind(process.stdout)
  // The test runner writes its own events to the same stream, as bytes.
  const write = (content: string | Uint8Array) =>
    typeof content === 'string' ? Boolean((stdout += content)) : pass(content)
  const out = mock.method(process.stdout, 'write', write)
  const err = mock.method(process.stderr, 'write', (text: string) => Boolean((stderr += text)))
  try {
    await main(['node', 'neuroplex', ...args])
    return { code: Number(process.exitCode ?? 0), stdout, stderr: stripVTControlCharacters(stderr) }
  } finally {
    process.exitCode = undefined
    out.mock.restore()
    err.mock.restore()
  }
}

const COMMANDS = [
  'init',
  'run',
  'tree',
  'top',
  'trace',
  'dead',
  'restart',
  'stop',
  'validators',
  'chain',
  'doctor',
  'keys',
  'genesis',
  'verify',
]

const folder = new Folder()
after(() => folder[Symbol.dispose]())

test('without a command it shows its help, with all commands and exit codes', async () => {
  const { code, stdout } = await neuroplex([], folder.path)
  assert.equal(code, 0)
  for (const command of COMMANDS) assert.match(stdout, new RegExp(`^  ${command} `, 'm'))
  for (const [exitCode, meaning] of EXIT_TABLE) {
    const line = stdout.split('\n').find((text) => text.startsWith(`  ${exitCode} `))
    assert.ok(line?.includes(meaning), exitCode)
  }
})

test('the help of each command has an example that begins with its name', async () => {
  await Promise.all(
    COMMANDS.map(async (command) => {
      const { code, stdout } = await neuroplex([command, '--help'], folder.path)
      assert.equal(code, 0)
      assert.match(stripVTControlCharacters(stdout), new RegExp(`Examples?:\n  neuroplex ${command}`))
    }),
  )
})

test('the version is that of the package', async () => {
  const { stdout } = await neuroplex(['--version'], folder.path)
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/)
})

const WRONG: [string[], RegExp][] = [
  [['rnu'], /unknown command 'rnu', did you mean run\?; `neuroplex --help`/],
  [['run'], /missing required argument 'module'; `neuroplex run --help`/],
  [['run', './none.ts'], /there is no file .*none\.ts; give the path of a module/],
  [['run', './x.ts', '--thread', '2'], /unknown option '--thread', did you mean --threads\?/],
  [['run', './x.ts', '--threads', 'many'], /argument 'many' is invalid\. Give a whole number from 0 to/],
  [['run', './x.ts', '--threads', '-1'], /whole number|argument missing|unknown option/],
  [['run', './x.ts', '--threads'], /argument missing/],
  [['run', './x.ts', '--pool', 'slow'], /for instance inference=2/],
  [['run', './x.ts', '--pool', 'slow=0'], /for instance inference=2/],
  [['run', './x.ts', '--limit', 'mailbox=1'], /there is no limit "mailbox"; the limits are mailboxSize/],
  [['run', './x.ts', '--limit', 'mailboxSize'], /for instance mailboxSize=1000/],
  [['run', './x.ts', '--log-level', 'loud'], /Give one of trace, debug/],
  [['run', './x.ts', '--stall-ms', '0'], /whole number of 1 or more/],
  [['trace', 'root'], /Give the path of an actor/],
  [['restart'], /missing required argument 'path'/],
  [['stop', '/user/a', '/user/b'], /too many arguments/],
  [['top', '--sort', 'name'], /Give one of queue, turns, restarts/],
  [['top', '--every', '0'], /Give a number of seconds from 0\.1/],
  [['chain', '--every', '0'], /Give a number of seconds from 0\.1/],
  [['tree', '--depth', '0'], /whole number of 1 or more/],
  [['dead', '--last', '1.5'], /whole number/],
  [['tree', '--socket', `/tmp/${'x'.repeat(120)}`], /bytes long and the operating system allows/],
]

test('a command line that is wrong gets one sentence, exit code 2 and no stack trace', async () => {
  for (const [args, expected] of WRONG) {
    const { code, stdout, stderr } = await inThisProcess(args)
    assert.match(stderr, expected)
    assert.equal(code, 2, args.join(' '))
    assert.equal(stdout, '')
    assert.match(stderr, /^neuroplex: [^\n]+\n$/)
  }
})

test('a wrong command line ends a process with 2', async () => {
  const { code, stdout, stderr } = await neuroplex(['rnu'], folder.path)
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /^neuroplex: unknown command 'rnu'[^\n]+\n$/)
})

test('with --json an error is a document with its code', async () => {
  const { code, stderr } = await neuroplex(['tree', '--json'], folder.path)
  assert.equal(code, 3)
  const { error } = JSON.parse(stderr)
  assert.equal(error.code, 'NODE_UNREACHABLE')
  assert.equal(error.exitCode, 3)
})

test('without a node the commands for one end with 3 and say how to start it', async () => {
  for (const args of [
    ['tree'],
    ['top', '--once'],
    ['trace', '/user/a'],
    ['dead'],
    ['restart', '/user/a'],
    ['stop', '/user/a'],
  ]) {
    const { code, stderr } = await inThisProcess([...args, '--data-dir', folder.path])
    assert.equal(code, 3, args.join(' '))
    assert.match(stderr, /no node is running here: .* start one with `neuroplex run`/)
  }
})

test('--debug shows where an error came from', async () => {
  const { code, stderr } = await neuroplex(['tree', '--debug'], folder.path)
  assert.equal(code, 3)
  assert.match(stderr, /caused by .*ENOENT[\s\S]*\n\s+at /)
})
