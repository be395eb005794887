import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatBytes, formatCount, formatDuration, formatMicroseconds } from '../../../runtime/cli/format.ts'
import { printable } from '../../../runtime/cli/output.ts'
import { renderChain } from '../../../runtime/cli/render/chain.ts'
import { renderDeadLetters } from '../../../runtime/cli/render/dead.ts'
import { renderTop } from '../../../runtime/cli/render/top.ts'
import { renderTrace } from '../../../runtime/cli/render/trace.ts'
import { renderTree } from '../../../runtime/cli/render/tree.ts'
import { renderValidators } from '../../../runtime/cli/render/validators.ts'
import { wrap } from '../../../runtime/cli/wrap.ts'
import { readTop } from '../../../runtime/telemetry/top.ts'
import { actor, MemoryControl, traced } from '../telemetry/memory-control.ts'
import { chainStatus, validator } from './sample-chain-status.ts'

const text = (lines: readonly string[]) => lines.join('\n')

test('numbers have three digits and a unit at most', () => {
  assert.deepEqual([0, 0.25, 7, 999.6, 1_000, 12_345, 999_999, 1e7].map(formatCount), [
    '0',
    '0.3',
    '7',
    '1000',
    '1.00 k',
    '12.3 k',
    '1000 k',
    '10.0 M',
  ])
  assert.deepEqual([100, 1_024, 1_234_567, 2 ** 40].map(formatBytes), [
    '100 B',
    '1.00 KiB',
    '1.18 MiB',
    '1.00 TiB',
  ])
  assert.deepEqual([0, 850.4, 1_200, 3_400_000].map(formatMicroseconds), [
    '0 µs',
    '850 µs',
    '1.20 ms',
    '3.40 s',
  ])
  assert.deepEqual([0, 42_000, 185_000, 7_800_000, 360_000_000].map(formatDuration), [
    '0 s',
    '42 s',
    '3 min 5 s',
    '2 h 10 min',
    '4 d 4 h',
  ])
})

test('what an actor says cannot steer the terminal', () => {
  assert.equal(printable('a\u001b[2Jb\nc\u0007'), 'a\\u001b[2Jb\\nc\\u0007')
})

test('a tree shows its branches, and steps that are no actors themselves', () => {
  const lines = renderTree([actor('/user/a'), actor('/user/a/b'), actor('/user/c', { turns: 1_234 })])
  assert.equal(
    text(lines.map((line) => line.slice(0, 12).trimEnd())),
    text(['ACTOR    CLA', '/user', '├─ a     Any', '│  └─ b  Any', '└─ c     Any']),
  )
  assert.match(lines[4] ?? '', /1\.23 k/)
})

test('many children are summed up unless all are asked for', () => {
  const many = Array.from({ length: 100 }, (_, index) => actor(`/user/a${String(index).padStart(3, '0')}`))
  assert.match(renderTree(many).at(-1) ?? '', /… 60 more \(--all shows them\)/)
  assert.equal(renderTree(many, { all: true }).length, 102)
})

test('dead letters end with what their reasons mean', () => {
  const letter = {
    at: 0,
    to: '/user/a',
    method: 'add',
    reason: 'mailbox-full' as const,
    detail: 'x'.repeat(99),
  }
  const lines = renderDeadLetters([letter], 7)
  assert.match(text(lines), /mailbox-full {2}the mailbox was at its bound/)
  assert.match(text(lines), /the newest 1 of 7 dead letters/)
  assert.match(text(lines), /x{59}…/)
  assert.match(text(renderDeadLetters([], 0)), /no dead letters/)
})

test('each kind of traced message has its sign', () => {
  assert.match(
    renderTrace({ ...traced('add', '1, 2'), peer: '/user/b' }),
    /→ in {4}add\(1, 2\) {2}from \/user\/b/,
  )
  assert.match(
    renderTrace({ ...traced('add'), kind: 'sent', peer: '/user/b' }),
    /← out {3}add\(\) {2}to \/user\/b/,
  )
  assert.match(renderTrace({ ...traced('add'), kind: 'handled', ms: 1.5 }), /✓ done {2}add {2}1\.50 ms/)
  assert.match(
    renderTrace({ ...traced('add'), kind: 'failed', error: 'no\nway' }),
    /✗ fail {2}add .*no\\nway/,
  )
})

test('top fits its rows and shortens long paths at their beginning', async () => {
  const control = new MemoryControl()
  control.actors = Array.from({ length: 50 }, (_, index) => actor(`/user/${'deep/'.repeat(30)}a${index}`))
  const snapshot = async () => ({ metrics: await control.metrics(), actors: await control.inspect() })
  const reading = readTop(await snapshot(), await snapshot(), 'turns', 50)
  const lines = renderTop(control.describe(), reading, 'turns', { rows: 24, columns: 100 })
  assert.equal(lines.length, 24)
  assert.match(text(lines), /TURNS\/S ▼/)
  assert.match(lines.at(-1) ?? '', /^….*\/a\d+ +Any/)
  assert.ok((lines.at(-1) ?? '').length <= 100)
})

test('a thread that does not answer stands out, and many threads are summed up', async () => {
  const control = new MemoryControl()
  const metrics = await control.metrics()
  const one = metrics.threads[0]!
  metrics.threads = Array.from({ length: 32 }, (_, thread) => ({ ...one, thread, answers: thread !== 31 }))
  const reading = readTop({ metrics, actors: [] }, { metrics, actors: [] }, 'queue', 0)
  const shown = text(renderTop(control.describe(), reading, 'queue'))
  assert.match(shown, /31 +default +does not answer/)
  assert.match(shown, /… 24 threads that are less busy/)
})

const lastOf = (lines: readonly string[]) => lines.at(-1) ?? ''

test('a chain fits its rows, the newest block first, with the members of the present epoch alone', () => {
  const lines = renderChain(chainStatus(), 70_000, 9)
  assert.equal(lines.length, 9)
  assert.match(text(lines), /^height 12 {3}epoch 2 {3}view 5 {3}decisions 7$/m)
  assert.match(text(lines), /^transactions 1\.50 k\/s {3}blocks 2\.5\/s {3}finality p50 4\.00 ms, p99 –$/m)
  assert.match(text(lines), /^leader a$/m)
  assert.match(lines[7] ?? '', /^ +12 {2}\S+ {2}a +3 +2 of 2$/)
  assert.match(lines[8] ?? '', /^ +11 {2}\S+ {2}b +0 +3$/)
  assert.match(lastOf(renderChain(chainStatus({ blocks: [] }), 0)), /no block yet/)
})

test('a chain that stands still shows the newest alert', () => {
  const alerts = [
    { atMs: 1_000, what: 'old' },
    { atMs: 60_000, what: 'b has said\u001b nothing' },
  ]
  const shown = text(renderChain(chainStatus({ alerts }), 70_000))
  assert.match(shown, /^10 s ago: b has said\\u001b nothing$/m)
  assert.doesNotMatch(shown, /old/)
})

test('validators are ordered by stake and shown as active, on standby or jailed', () => {
  const validators = [
    validator('v10', { stake: 100 }),
    validator('v9', { stake: 100, jailed: true, active: false, reputation: undefined, leads: 0 }),
    validator('f'.repeat(64), { stake: 5, active: false, leads: 0 }),
    validator('a', { stake: 200, leads: 0.5 }),
  ]
  const lines = renderValidators(chainStatus({ validators, leader: 'a' }), 0)
  assert.match(lines[3] ?? '', /^a +200 +50\.0 % +1000 +active, leads now$/)
  assert.match(lines[4] ?? '', /^v9 +100 +– +– +jailed$/)
  assert.match(lines[5] ?? '', /^v10 +100 +25\.0 % +1000 +active$/)
  assert.match(lines[6] ?? '', /^f{23}… +5 +– +1000 +standby$/)
})

test('whose fault is not tolerated stands below the stakes, by name where it is not all', () => {
  const three = ['a', 'b', 'c'].map((id) => validator(id))
  const alone = renderValidators(chainStatus({ validators: three, totalStake: 300, toleratedStake: 99 }), 0)
  assert.match(text(alone), /up to 99 of 300 stake may be faulty\nno fault is tolerated with 3 validators: /)
  const small = [validator('a', { stake: 1 }), validator('b', { stake: 7 }), validator('c', { stake: 1 })]
  const uneven = renderValidators(chainStatus({ validators: small, totalStake: 9, toleratedStake: 2 }), 0)
  assert.match(text(uneven), /\nb has 7 of 9 stake, more than two thirds: it decides alone/)
  const heavy = [validator('a', { stake: 200 }), ...['b', 'c', 'd'].map((id) => validator(id))]
  const skewed = renderValidators(chainStatus({ validators: heavy, totalStake: 500, toleratedStake: 166 }), 0)
  assert.match(text(skewed), /\nno fault of a \(200\) is tolerated/)
  const equal = ['a', 'b', 'c', 'd'].map((id) => validator(id))
  const tolerant = renderValidators(
    chainStatus({ validators: equal, totalStake: 400, toleratedStake: 133 }),
    0,
  )
  assert.doesNotMatch(text(tolerant), /tolerated/)
})

test('a validator that can not help itself says so where chain and validators are shown', () => {
  const status = chainStatus({ standstill: `put back the folder ${'word '.repeat(30)}end` })
  for (const lines of [renderChain(status, 0), renderValidators(status, 0)]) {
    assert.match(text(lines), /put back the folder word/)
    assert.ok(lines.every((line) => line.length <= 80))
  }
})

test('evidence and the newest alerts stand below validators, within 80 columns', () => {
  const alerts = Array.from({ length: 9 }, (_, i) => ({
    atMs: i * 1_000,
    what: `alert ${i} ${'word '.repeat(30)}end`,
  }))
  const evidence = [{ validator: 'b', epoch: 3, view: 4 }]
  const lines = renderValidators(chainStatus({ alerts, evidence }), 60_000)
  assert.match(text(lines), /^evidence:\n {2}b signed votes that contradict each other in epoch 3, view 4$/m)
  assert.match(text(lines), /^alerts, the newest 5 of 9:\n {2}56 s ago +alert 4 word/m)
  assert.doesNotMatch(text(lines), /alert 3/)
  assert.ok(lines.every((line) => line.length <= 80))
  assert.match(text(renderValidators(chainStatus(), 0)), /no evidence against any validator\nno alerts/)
})

test('sentences are broken between words', () => {
  assert.deepEqual(wrap('one two three', 7), ['one two', 'three'])
  assert.deepEqual(wrap('incomprehensible it is', 6), ['incomprehensible', 'it is'])
})
