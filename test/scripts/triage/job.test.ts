import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { HOSTILE_MAIL } from '../../../scripts/triage/hostile.ts'
import { listDataset } from '../../../scripts/triage/mail/dataset.ts'
import type { Report } from '../../../scripts/triage/report.ts'

const MAIN = join(import.meta.dirname, '../../../scripts/triage/main.ts')
/** The smallest that the job takes, because the sentence encoder needs its time for each letter. */
const SAMPLE = 100

interface Run {
  readonly exitCode: number | null
  readonly output: string
}

/** Runs the job as a user does. `interruptAt` is output at which it gets the signal of Ctrl-C. */
function run(args: readonly string[], interruptAt?: string): Promise<Run> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let interrupted = false
  const take = (chunk: Buffer): void => {
    output += chunk.toString()
    if (interruptAt === undefined || interrupted || !output.includes(interruptAt)) return
    interrupted = true
    child.kill('SIGINT')
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, output })))
}

async function reported(
  name: string,
  args: readonly string[],
  interruptAt?: string,
): Promise<Run & { report: Report }> {
  const file = join(folder, `${name}.json`)
  const done = await run([...args, '--sample', String(SAMPLE), '--report', file], interruptAt)
  assert.ok(done.exitCode === 0 || interruptAt !== undefined, done.output)
  return { ...done, report: JSON.parse(await readFile(file, 'utf8')) }
}

function assertSums({ input, decided, setAside, refused, coordination, decisions }: Report): void {
  assert.equal(decided + setAside + refused, input)
  const { letters, count, twice, missing } = decisions
  assert.deepEqual([twice, missing], [0, 0])
  assert.equal(count, letters)
  if (coordination !== null) assert.deepEqual([coordination.doneTwice, coordination.lost], [0, 0])
}

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'neuroplex-job-'))
})
after(() => rm(folder, { recursive: true }))

/** A Maildir with letters of the collection: ten of ham, and ten in its folder of junk. */
async function makeMaildir(): Promise<string> {
  const root = join(folder, 'Maildir')
  const letters = await listDataset()
  for (const [spam, place] of [
    [false, 'cur'],
    [true, '.Junk/cur'],
  ] as const) {
    await mkdir(join(root, place), { recursive: true })
    for (const [i, { file }] of letters
      .filter((letter) => letter.spam === spam)
      .slice(0, 10)
      .entries())
      await writeFile(join(root, place, `${i}.host:2,S`), await readFile(file))
  }
  await writeFile(join(root, 'cur', 'empty.host:2,'), '')
  return root
}

describe('the job', { concurrency: 2 }, () => {
  let first: ReturnType<typeof reported> | undefined
  const plain = () => (first ??= reported('plain', ['--seed', '3']))

  test('decides on every letter, and reports in the promised form', async () => {
    const { report, output } = await plain()
    assertSums(report)
    assert.equal(report.decided, report.input)
    assert.ok(Math.abs(report.input - SAMPLE) <= 2)
    assert.deepEqual(
      report.agents.map(({ name }) => name),
      ['words', 'headers', 'meaning'],
    )
    for (const marks of [...report.agents, report.committee])
      for (const share of [marks.accuracy, marks.precision, marks.recall])
        assert.ok(share! >= 0 && share! <= 1)
    assert.ok(report.committee.accuracy! >= 0.8, output)
    assert.ok(report.seconds > 0 && report.messagesPerSecond > 0)
    assert.equal(typeof report.deadLetters, 'number')
    assert.match(output, /committee/)
    const { parts, handedOver, changes } = report.coordination!
    assert.ok(parts >= 4)
    assert.deepEqual(handedOver, [])
    assert.ok(changes.plan >= parts && changes.log >= 1)
    assert.match(output, /0 letters done twice, 0 lost/)
    const { letters, finalityMs, perSecond, evidence } = report.decisions
    assert.ok(letters > 0 && perSecond > 0 && finalityMs.p50! > 0 && finalityMs.p99! >= finalityMs.p50!)
    assert.deepEqual(evidence, [])
    assert.match(output, /decisions of 4 validators; 0 letters decided twice, 0 without a decision/)
  })

  test('comes to the same results where a validator lies, and shows the evidence', async () => {
    const { report: honest } = await plain()
    const { report: lying, output } = await reported('lying', ['--seed', '3', '--byzantine', '1'])
    assertSums(lying)
    for (const part of ['input', 'decided', 'agents', 'committee', 'learnt', 'kept'] as const)
      assert.deepEqual(lying[part], honest[part], part)
    assert.equal(lying.decisions.count, honest.decisions.count)
    const [liar, ...others] = lying.decisions.evidence
    assert.deepEqual([liar!.validator, others], ['validator-4', []])
    assert.ok(liar!.proofs > 0)
    assert.match(output, /validator-4 has lied/)
  })

  test('loses no letter in chaos', async () => {
    const { report, output } = await reported('chaos', ['--chaos', '--threads', '2'])
    assertSums(report)
    const unreadable = HOSTILE_MAIL.filter(({ expect }) => expect !== 'read').map(({ name }) => name)
    const kept = new Map(report.kept.map(({ id, how }) => [id, how]))
    for (const name of unreadable) assert.equal(kept.get(`hostile: ${name}`), 'refused', name)
    for (const poison of ['throw', 'hang', 'wait'])
      assert.equal(kept.get(`poisoned: its parser is to ${poison}`), 'set-aside', output)
    assert.equal(kept.size, unreadable.length + 3, output)
    assert.ok(report.restarts > 0 && report.stalls >= 2 && report.threadsLost >= 7, output)
    const restarted = report.chaos!.incidents.map(({ what }) => what.split(':')[0]!)
    for (const path of [
      '/system/replicas/keeper',
      '/system/validators/local/validator-1',
      '/user/team/committee',
      '/user/team/models/words',
    ])
      assert.ok(restarted.includes(path), path)
    assert.ok(restarted.some((path) => path.startsWith('/user/team/clerks/')))
    assert.ok(report.committee.accuracy! >= 0.8)
    assert.match(output, /What the supervisors saw to/)
    const { handedOver } = report.coordination!
    assert.ok(
      handedOver.some(({ after, letters }) => after > 0 && after < letters),
      output,
    )
    for (const { part, from, to, after, letters } of handedOver)
      assert.ok(
        output.includes(`part ${part} went from ${from} to ${to} after ${after} of ${letters} letters`),
      )
  })

  test("decides on the user's mail, and says what is spam", async () => {
    const { report, output } = await reported('mail', ['--mail', await makeMaildir()])
    assertSums(report)
    assert.deepEqual([report.input, report.decided, report.refused], [21, 20, 1])
    assert.equal(report.committee.judged, 10)
    assert.ok(report.committee.accuracy! >= 0.5, output)
    assert.ok(report.spam!.length > 0)
    assert.ok(output.includes(report.spam![0]!.id))
  })

  test('ends in order at an interruption, with what it has', async () => {
    const { report, exitCode, output } = await reported('interrupted', [], '✓ read what to learn from')
    assert.equal(exitCode, 130)
    assert.equal(report.interrupted, true)
    assertSums(report)
    assert.match(output, /Interrupted/)
  })
})

test('arguments that make no sense are told in one sentence', async () => {
  for (const [args, sentence] of [
    [['--seed', 'x'], /--seed takes a whole number from 0/],
    [['--sample', '3'], /--sample takes a whole number from 100/],
    [['--threads', '0'], /--threads takes a whole number from 1/],
    [['--nonsense'], /nonsense/],
    [['--byzantine', '2'], /--byzantine takes 0 or 1, not "2": of four validators one may lie/],
    [['--byzantine', 'x'], /--byzantine takes 0 or 1/],
    [['extra'], /extra/],
    [['--mail', ''], /--mail needs a path/],
  ] as const) {
    const { exitCode, output } = await run(args)
    assert.equal(exitCode, 2, args.join(' '))
    assert.match(output, sentence)
    assert.equal(output.trim().split('\n').length, 1, output)
  }
})

test('a folder without mail is told in one sentence, and the help shows an example', async () => {
  const { exitCode, output } = await run(['--mail', join(folder, 'nowhere'), '--quiet'])
  assert.equal(exitCode, 1)
  assert.match(output, /triage: The folder .*nowhere cannot be read/)
  const help = await run(['--help'])
  assert.equal(help.exitCode, 0)
  assert.match(help.output, /npm start -- --chaos/)
})
