/**
 * Learning against the defaults and against random search with as many epochs, in three networks. The search may
 * jump anywhere at once and keeps the best that it has measured; the optimizer goes by the chain's small steps, and
 * what it ends with is judged.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_GENESIS, type Parameters } from '../../../../protocols/consensus/genesis.ts'
import { optimizeParameters, scoreOf } from '../../../../protocols/consensus/learning/optimizer.ts'
import { stepParameters, type TunedEpoch } from '../../../../protocols/consensus/state/tuning.ts'
import { Random } from '../simulator/random.ts'
import { NETWORKS, type Network, runEpoch } from './network.ts'

const { parameters: DEFAULTS, bounds } = DEFAULT_GENESIS
const EPOCHS = 40
const SEEDS = 8
/** Epochs that a setting is judged by; the same ones for all. */
const JUDGED = 5

function judge(parameters: Parameters, network: Network): number {
  let sum = 0
  for (let i = 0; i < JUDGED; i++) sum += scoreOf(runEpoch(parameters, network, new Random(9_000 + i)))
  return sum / JUDGED
}

function learn(network: Network, seed: number): Parameters {
  const random = new Random(seed)
  const history: TunedEpoch[] = []
  let inEffect = DEFAULTS
  let next = DEFAULTS
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    history.push({ epoch, parameters: inEffect, report: runEpoch(inEffect, network, random) })
    const suggested = optimizeParameters({ history, next, bounds }, () => random.next())
    inEffect = next
    next = stepParameters(next, suggested, bounds)
  }
  return inEffect
}

function search(network: Network, seed: number): Parameters {
  const random = new Random(seed)
  let best = { parameters: DEFAULTS, score: Number.NEGATIVE_INFINITY }
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const some = Object.entries(bounds).map(([name, [min, max]]) => [name, random.whole(min, max)])
    const parameters = epoch === 0 ? DEFAULTS : (Object.fromEntries(some) as Parameters)
    const score = scoreOf(runEpoch(parameters, network, random))
    if (score > best.score) best = { parameters, score }
  }
  return best.parameters
}

for (const [name, network] of Object.entries(NETWORKS))
  test(`beats the defaults and random search on most seeds: ${name}`, (t) => {
    const byDefault = judge(DEFAULTS, network)
    const won = { defaults: 0, search: 0 }
    let sum = 0
    for (let seed = 1; seed <= SEEDS; seed++) {
      const learnt = judge(learn(network, seed), network)
      sum += learnt
      if (learnt > byDefault) won.defaults += 1
      if (learnt > judge(search(network, seed), network)) won.search += 1
    }
    const figures = `better than the defaults on ${won.defaults}, than random search on ${won.search} of ${SEEDS} seeds; score ${(sum / SEEDS).toFixed(2)} against ${byDefault.toFixed(2)}`
    t.diagnostic(figures)
    assert.ok(won.defaults >= 0.75 * SEEDS && won.search >= 0.75 * SEEDS, figures)
  })
