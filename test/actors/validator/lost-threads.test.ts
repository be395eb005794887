/**
 * Validators on threads of their own, of which some are lost or blocked while agents have things decided: as long as
 * few enough are away everything becomes final, and in the end each decision is there once.
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import {
  ConsensusProtocol,
  chain,
  type Decision,
  decisions,
  validators,
} from '../../../actors/validator/index.ts'
import { JOURNAL_PATH, LOCAL_PATH } from '../../../actors/validator/places.ts'
import type { ActorSystem } from '../../../runtime/index.ts'
import { collect, startSystem } from '../../support/systems.ts'
import { until } from '../../support/until.ts'
import { Saboteur } from './saboteurs.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'neuroplex-lost-threads-'))
after(() => rmSync(dataDir, { recursive: true, force: true }))

/** A machine under load may be slow, but a thread that does nothing for so long is blocked. */
const STALL_MS = 4_000
/** Whoever can't start is tried again, and again later each time. */
const PATIENCE_MS = 60_000
/** Decisions on their way at a time. */
const AT_ONCE = 6
const COUNTED_AT_ONCE = 200
const IDS = ['validator-1', 'validator-2', 'validator-3', 'validator-4'] as const

type Place = Pick<Decision, 'value' | 'height' | 'index'>

const nameOfPlace = ({ value, height, index }: Place) => `${String(value).slice(0, 20)} ${height}/${index}`

/** Counts a name of the state machine by one, and gives how often that was done. */
async function count(system: ActorSystem, name: string): Promise<number> {
  const transaction = { machine: 'counters', payload: Buffer.from(name) }
  const { outcome } = await chain(system).submit(transaction, { timeoutMs: 4 * PATIENCE_MS })
  assert.ok(outcome.ok)
  return outcome.value[0]!
}

/** Four validators, each on a thread of its own, under a load that does not end. */
class Scene {
  readonly system: ActorSystem
  readonly #hold: string
  readonly asked: string[] = []
  readonly final = new Map<string, Decision>()
  readonly #deciding: Promise<void>[]
  /** Names that were counted, each once. */
  readonly #counted: string[] = []
  readonly #log: Place[] = []
  readonly #following: Promise<void>
  #ends = false

  private constructor(system: ActorSystem, hold: string, nameOf: (n: number) => string) {
    this.system = system
    this.#hold = hold
    this.#deciding = [
      ...Array.from({ length: AT_ONCE }, () => this.#decide(nameOf)),
      ...Array.from({ length: AT_ONCE }, () => this.#count()),
    ]
    this.#following = this.#follow()
    // Where one fails, the end of the test says so.
    for (const running of [...this.#deciding, this.#following]) running.catch(() => {})
  }

  static async start(name: string, nameOf: (n: number) => string = String): Promise<Scene> {
    const folder = join(dataDir, name)
    const hold = join(dataDir, `${name}.hold`)
    const machines = new URL(`?hold=${hold}`, new URL('./held-machines.ts', import.meta.url))
    const genesis = { epoch_length: 40, block_time: 200, finality_time: 1_000 }
    const system = await startSystem({
      ...{ dataDir: folder, threads: 0, modules: [new URL('./saboteurs.ts', import.meta.url)] },
      pools: { validators: { threads: IDS.length, stallMs: STALL_MS } },
      services: [validators({ pool: 'validators', genesis, machines })],
      limits: { askTimeoutMs: 20_000, shutdownMs: 10_000 },
    })
    return new Scene(system, hold, nameOf)
  }

  async #decide(nameOf: (n: number) => string): Promise<void> {
    while (!this.#ends) {
      const value = nameOf(this.asked.length)
      this.asked.push(value)
      this.final.set(
        value,
        await decisions(this.system).decide('lost', value, { timeoutMs: 4 * PATIENCE_MS }),
      )
    }
  }

  async #count(): Promise<void> {
    while (!this.#ends) {
      const name = `name ${this.#counted.length}`
      this.#counted.push(name)
      assert.equal(await count(this.system, name), 1)
    }
  }

  /** So many more are final than now. */
  async decideMore(count: number): Promise<void> {
    const goal = this.final.size + count
    await until(`${goal} decisions are final`, () => this.final.size >= goal, PATIENCE_MS)
  }

  async threadOf(id: string): Promise<number> {
    const found = (await this.system.inspect()).find(({ path }) => path === `${LOCAL_PATH}/${id}`)
    return found!.thread
  }

  /** No validator that is lost from now on starts again. */
  hold(): void {
    writeFileSync(this.#hold, '')
  }

  async lose(id: string, how: 'endThread' | 'blockThread'): Promise<void> {
    const thread = await this.threadOf(id)
    const lost = Promise.withResolvers<void>()
    const end = this.system.on('threadLost', (event) => event.thread === thread && lost.resolve())
    const saboteur = await this.system.spawn(Saboteur, { thread, restart: 'temporary' })
    saboteur.tell[how]()
    await lost.promise
    end()
  }

  /** All validators run again and have what is final. */
  async recover(): Promise<void> {
    rmSync(this.#hold)
    await until(
      'all validators are there',
      () =>
        new ConsensusProtocol(this.system).recoverFromFailure().then(
          () => true,
          () => false,
        ),
      PATIENCE_MS,
    )
  }

  /** Everything that was asked for is in the log once, where it was said to be, and has been counted once. */
  async end(): Promise<void> {
    this.#ends = true
    await Promise.all(this.#deciding)
    await decisions(this.system).decide('lost', 'end')
    await this.#following
    assert.deepEqual(
      this.#log.map(nameOfPlace).toSorted(),
      [...this.final.values()].map(nameOfPlace).toSorted(),
    )
    assert.equal(this.final.size, this.asked.length)
    for (let at = 0; at < this.#counted.length; at += COUNTED_AT_ONCE) {
      const names = this.#counted.slice(at, at + COUNTED_AT_ONCE)
      const counts = await Promise.all(names.map((name) => count(this.system, name)))
      assert.deepEqual(new Set(counts), new Set([2]))
    }
  }

  /** From the beginning, because the oldest are not kept. */
  async #follow(): Promise<void> {
    for await (const decision of decisions(this.system).follow<string>('lost')) {
      if (decision.value === 'end') return
      this.#log.push(decision)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ends = true
    await this.system.shutdown()
    await Promise.allSettled([...this.#deciding, this.#following])
  }
}

test('validators lose their threads one after the other, and decisions are final all the while', async () => {
  await using scene = await Scene.start('one')
  assert.equal(new Set(await Promise.all(IDS.map((id) => scene.threadOf(id)))).size, IDS.length)
  const lost = collect(scene.system, 'threadLost')
  // Without one of them the other three are all needed: so each that comes back takes part.
  const losses = [
    ['validator-1', 'endThread'],
    ['validator-4', 'blockThread'],
  ] as const
  for (const [id, how] of losses) {
    scene.hold()
    await scene.lose(id, how)
    await scene.decideMore(10)
    await scene.recover()
  }
  assert.equal(lost.length, losses.length)
  assert.deepEqual((await chain(scene.system).status()).evidence, [])
  await scene.end()
})

test('without two of four nothing is final, and with one of them back everything is, once', async () => {
  await using scene = await Scene.start('two')
  await scene.decideMore(10)
  scene.hold()
  await Promise.all([scene.lose('validator-2', 'endThread'), scene.lose('validator-3', 'blockThread')])
  const { height } = await chain(scene.system).status()
  const late = await until(
    'it is said that nothing becomes final',
    async () =>
      (await chain(scene.system).status()).alerts.find(({ what }) => /nothing has become/.test(what)),
    PATIENCE_MS,
  )
  assert.match(late.what, /although something waits/)
  // What the two said before they were lost may have been the last that was missing for a block.
  const stuck = await chain(scene.system).status()
  assert.ok(stuck.height <= height + 5, `${stuck.height} after ${height}`)
  const pending = scene.asked.length - scene.final.size
  assert.equal(pending, AT_ONCE)
  await scene.recover()
  await scene.decideMore(20)
  await scene.end()
})

test('when the vote log can not be written all validators start again, and nothing is lost', async () => {
  // Large, so that the log soon needs its next file.
  await using scene = await Scene.start('journal', (n) => `${n} `.padEnd(60_000, '.'))
  const obstacle = join(dataDir, 'journal/validators/votes/votes-0000000002.log.new')
  mkdirSync(obstacle)
  const restarts = collect(scene.system, 'restart')
  const failed = () => restarts.some(({ path }) => path === JOURNAL_PATH)
  await until('the journal has failed', failed, PATIENCE_MS)
  rmdirSync(obstacle)
  await scene.decideMore(10)
  await new ConsensusProtocol(scene.system).recoverFromFailure()
  const { evidence } = await chain(scene.system).status()
  assert.deepEqual(evidence, [])
  await scene.end()
})
