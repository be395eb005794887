/** One of four validators sends too much, and the others go on without it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ChainStatus, decisions } from '../../../actors/validator/index.ts'
import { LOCAL_PATH } from '../../../actors/validator/places.ts'
import { serviceOf } from '../../../actors/validator/service.ts'
import { ValidatorActor } from '../../../actors/validator/validator.ts'
import type { ActorRef, ActorSystem } from '../../../runtime/index.ts'
import { startSystem } from '../../support/systems.ts'
import { until } from '../../support/until.ts'
import { FloodingValidator, LargeProposer, ManyProposer } from './floods.ts'

/** A machine under load may be slow. */
const PATIENCE_MS = 60_000
const BAD = 'validator-4'
const GENESIS = { max_block_size: 131_072, block_time: 200, finality_time: 60_000 }

function start(type: typeof ValidatorActor): Promise<ActorSystem> {
  return startSystem({
    modules: [new URL('./floods.ts', import.meta.url)],
    pools: { validators: { threads: 4, stallMs: 60_000 } },
    services: [
      serviceOf({ storage: 'volatile', pool: 'validators', genesis: GENESIS }, (index, count) =>
        index === count - 1 ? type : ValidatorActor,
      ),
    ],
    limits: { askTimeoutMs: 60_000, shutdownMs: 10_000 },
  })
}

async function decideAll(system: ActorSystem, count: number): Promise<void> {
  const { decide } = decisions(system)
  await Promise.all(Array.from({ length: count }, (_, i) => decide('t', i, { timeoutMs: PATIENCE_MS })))
}

/** What an honest one has told of another, and knows of the chain. */
async function seen(system: ActorSystem, id: string): Promise<ChainStatus & { readonly told: string[] }> {
  const honest = (await system.lookup(`${LOCAL_PATH}/validator-1`)) as ActorRef<ValidatorActor>
  const status = await honest.ask.status()
  const told = status.alerts.map(({ what }) => what).filter((what) => what.startsWith(`${id} has sent`))
  return { ...status, told }
}

test('a flood of what each honest one might send holds up nothing, and is told', async () => {
  await using system = await start(FloodingValidator)
  for (let round = 0; round < 5; round++) await decideAll(system, 10)
  await until('it is told', async () => (await seen(system, BAD)).told.length > 0, PATIENCE_MS)
  const { decisions: count, evidence } = await seen(system, BAD)
  assert.ok(count >= 50)
  assert.deepEqual(evidence, [])
  for (const id of ['validator-2', 'validator-3']) assert.deepEqual((await seen(system, id)).told, [])
})

for (const [what, type, reason] of [
  ['many transactions', ManyProposer, /transactions, more than 1000/],
  ['many bytes', LargeProposer, /bytes, more than 131072/],
] as const)
  test(`a block with too ${what}, signed as it is, gets no vote, and the chain goes on without it`, async () => {
    await using system = await start(type)
    const told = async () => {
      await decideAll(system, 3)
      return (await seen(system, BAD)).told.some((one) => reason.test(one))
    }
    await until('it has led', told, PATIENCE_MS)
    await decideAll(system, 10)
    const { evidence, blocks } = await seen(system, BAD)
    assert.deepEqual(evidence, [])
    assert.ok(blocks.length > 0 && blocks.every(({ leader }) => leader !== BAD))
  })
