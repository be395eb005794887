/**
 * The process is killed at random moments under load, again and again on the same folder: what was told to be final is
 * there in the next life, in its place, and no validator ever signs two votes that contradict each other.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, test } from 'node:test'
import { Random } from '../../../protocols/consensus/simulator/random.ts'

const LIVES = Number(process.env.NEUROPLEX_KILLS ?? 200)
/** On one folder: many more decisions than these lives make would not be kept. */
const LIVES_OF_A_FOLDER = 10
const SEED = Number(process.env.NEUROPLEX_SEED ?? 1)
/** How long a life under load takes at most, from when it is ready. */
const LONGEST_MS = 500
/** A life that is not ready by then hangs. */
const PATIENCE_MS = 60_000

describe(`${LIVES} times killed`, { concurrency: 2 }, () => {
  for (let lives = 0; lives < LIVES; lives += LIVES_OF_A_FOLDER) {
    const count = Math.min(LIVES_OF_A_FOLDER, LIVES - lives)
    const seed = SEED + lives / LIVES_OF_A_FOLDER
    test(`${count} times by seed ${seed}, nothing final is lost and nothing is signed twice`, async () => {
      const final = await liveAndDie(seed, count)
      assert.ok(final > count, `only ${final} decisions were final in all lives`)
    })
  }
})

/** Gives how many decisions were final. */
async function liveAndDie(seed: number, lives: number): Promise<number> {
  const random = new Random(seed)
  const folder = mkdtempSync(join(tmpdir(), 'neuroplex-killed-'))
  const final = new Map<string, string>()
  try {
    for (let life = 1; life <= lives; life++) {
      await live(folder, life, final, random)
      checkVotes(folder)
    }
    return final.size
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function live(folder: string, life: number, final: Map<string, string>, random: Random): Promise<void> {
  const victim = spawn(
    process.execPath,
    [new URL('./victim.ts', import.meta.url).pathname, folder, `${life}`],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let errors = ''
  victim.stderr.on('data', (chunk) => (errors += chunk))
  const hanging = setTimeout(() => victim.kill('SIGKILL'), PATIENCE_MS)
  const kept = new Map<string, string>()
  // Now and then it dies while it is starting.
  if (random.chance(0.2)) setTimeout(() => victim.kill('SIGKILL'), random.whole(200, 900))
  for await (const line of createInterface(victim.stdout)) {
    const [what, value, height, index] = line.split(' ') as [string, string, string, string]
    if (what === 'kept') kept.set(value, `${height} ${index}`)
    if (what === 'final') final.set(value, `${height} ${index}`)
    if (what !== 'ready') continue
    clearTimeout(hanging)
    checkKept(final, kept, life)
    setTimeout(() => victim.kill('SIGKILL'), random.whole(1, LONGEST_MS))
  }
  const signal = await endOf(victim)
  clearTimeout(hanging)
  assert.equal(signal, 'SIGKILL', `life ${life} ended by itself: ${errors}`)
  assert.equal(errors, '', `life ${life} complained`)
}

/** Only so many decisions are kept; this test makes fewer. */
function checkKept(
  final: ReadonlyMap<string, string>,
  kept: ReadonlyMap<string, string>,
  life: number,
): void {
  for (const [value, place] of final)
    assert.equal(
      kept.get(value),
      place,
      `${value} was final at ${place}, and life ${life} has not got it there`,
    )
}

async function endOf(child: ChildProcess): Promise<string | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.signalCode
}

/** In all lives together. */
function checkVotes(folder: string): void {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.votes'))) {
    const said = new Map<string, string>()
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      const [kind, epoch, view, block] = line.split(' ')
      // The last line may be cut off.
      if (block?.length !== 64) continue
      const key = `${epoch} ${view}`
      const before = said.get(`${kind} ${key}`)
      assert.ok(
        before === undefined || before === block,
        `${file}: two blocks by ${kind} in view ${view} of ${epoch}`,
      )
      said.set(`${kind} ${key}`, block)
      const opposite = kind === 'nullify' ? 'finalize' : kind === 'finalize' ? 'nullify' : undefined
      assert.ok(
        opposite === undefined || !said.has(`${opposite} ${key}`),
        `${file}: nullified and finalized view ${view} of ${epoch}`,
      )
    }
  }
}
