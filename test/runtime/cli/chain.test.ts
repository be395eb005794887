import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { Folder, neuroplex, RunningNode, start } from './command.ts'

const folder = new Folder()
let node: RunningNode

before(async () => {
  node = await RunningNode.up('deciding.ts', folder.path)
})

after(async () => {
  await node[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

async function json(...args: string[]) {
  const { code, stdout, stderr } = await neuroplex([...args, '--json'], folder.path)
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

test('validators shows who they are, what they can bear, and that nothing is known against them', async () => {
  const { code, stdout, stderr } = await neuroplex(['validators'], folder.path)
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^local {2}[0-9a-f]{12} · as validator-\d sees it/)
  assert.match(stdout, /^VALIDATOR +STAKE +LEADS +REPUTATION +STATE$/m)
  for (let i = 1; i <= 4; i++)
    assert.match(stdout, new RegExp(`^validator-${i} +100 +25\\.0 % +\\d+ +active(, leads now)?$`, 'm'))
  assert.equal(stdout.match(/leads now/g)?.length, 1)
  assert.match(stdout, /^epoch \d+: up to 133 of 400 stake may be faulty$/m)
  assert.match(stdout, /^no evidence against any validator$/m)
  assert.doesNotMatch(stdout, /no fault is tolerated/)
})

test('the validator that is named is asked', async () => {
  const { validator, validators } = await json('validators', '--validator', 'validator-3')
  assert.equal(validator, 'validator-3')
  assert.equal(validators.length, 4)
  const { code, stderr } = await neuroplex(['chain', '--once', '--validator', 'nobody'], folder.path)
  assert.equal(code, 4)
  assert.match(stderr, /no validator nobody runs on this node; here run validator-1, validator-2,/)
})

test('chain takes one reading of how far and how fast it is, with its last blocks', async () => {
  while ((await json('chain', '--once')).height < 20);
  const { code, stdout } = await neuroplex(['chain', '--once'], folder.path)
  assert.equal(code, 0)
  assert.match(stdout, /^height \d+ {3}epoch \d+ {3}view \d+ {3}decisions \S+/m)
  assert.match(
    stdout,
    /^transactions \S+( k)?\/s {3}blocks \S+\/s {3}finality p50 [\d.]+ \S+, p99 [\d.]+ \S+$/m,
  )
  assert.match(stdout, /^BLOCK +TIME +LEADER +TRANSACTIONS +SIGNERS$/m)
  const blocks = [
    ...stdout.matchAll(/^ *(\d+) {2}\d\d:\d\d:\d\d\.\d{3} {2}(?:validator-\d|#\d) +\d+ +[34]( of 4)?$/gm),
  ]
  const heights = blocks.map(([, height]) => Number(height))
  assert.ok(heights.length > 5)
  assert.deepEqual(
    heights,
    heights.toSorted((a, b) => b - a),
    'the newest is the first',
  )
  assert.ok(stdout.split('\n').every((line) => line.length <= 80))
})

test('chain --json goes on, one document on a line, until Ctrl-C', async () => {
  const chain = start(['chain', '--json', '--every', '0.1'], folder.path)
  const heights: number[] = []
  createInterface({ input: chain.stdout! }).on('line', (line) => {
    heights.push(JSON.parse(line).height)
    if (heights.length === 3) chain.kill('SIGINT')
  })
  assert.deepEqual(await once(chain, 'close'), [0, null])
  assert.ok(heights.length >= 3)
  assert.deepEqual(
    heights,
    heights.toSorted((a, b) => a - b),
  )
})

test('a node without validators says how to start them', async () => {
  using bare = new Folder()
  await using _node = await RunningNode.up('steady.ts', bare.path)
  for (const args of [['validators'], ['chain'], ['chain', '--once', '--validator', 'validator-1']]) {
    const { code, stderr } = await neuroplex(args, bare.path)
    assert.equal(code, 4, args.join(' '))
    assert.match(
      stderr,
      /^neuroplex: this node has no validators; .*`export const services = \[validators\(\)\]`/,
    )
  }
})
