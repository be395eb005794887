/**
 * What a validator suggests for the parameters of the next epoch. It learns from the medians that the chain has
 * committed; whatever it suggests, the state machine `tuning` moves no parameter by more than a fifth or out of the
 * bounds of the genesis. Quorums, tolerance and slashing are no parameters.
 *
 *   history ──► worse than before? ── yes ──► back to the best that is known
 *                      │ no
 *                      └──► of many steps from here the one with the highest expected improvement
 */
import type { Genesis, Parameters } from '../genesis.ts'
import { type PerformanceReport, stepParameters, type TunedEpoch } from '../state/tuning.ts'
import { expectedImprovement, GaussianProcess } from './gaussian-process.ts'

/** Older epochs may have been of another network. */
const REMEMBERED = 40
/** Before that many epochs are known, the network itself says more. */
const FEW = 3
const CANDIDATES = 128
/** Variance of an epoch's score against the spread of all, where a network is steady or full of chance; how many epochs double it. */
const NOISES = [0.05, 0.4]
const AGEING = 20
/** How much worse, in natural logarithms, an epoch has to be than the best to be taken back: a tenth. */
const WORSE = 0.1
/**
 * Round trips that a view is left at the least: its block needs one to be notarized, on a good day. What is learnt from
 * longer timeouts does not show the edge beyond which hardly any view succeeds.
 */
const LEAST_TIMEOUT = 3

type Bounds = Genesis['bounds']
const NAMES = ['batch_cap', 'batch_wait', 'view_timeout', 'pipeline_depth'] as const

export interface LearningState {
  /** Oldest first, as `Tuning.history` gives it. */
  readonly history: readonly TunedEpoch[]
  /** What is in effect in the next epoch: the suggestion is a step from there. */
  readonly next: Parameters
  readonly bounds: Bounds
}

/**
 * Higher is better: twice the throughput is worth as much as half of the latency, of which the usual and the worst
 * count alike.
 */
export function scoreOf({ throughput, p50Ms, p99Ms }: PerformanceReport): number {
  return Math.log(1 + throughput) - (Math.log(1 + p50Ms) + Math.log(1 + p99Ms)) / 2
}

/** @param random numbers from 0 up to 1 */
export function optimizeParameters(state: LearningState, random: () => number): Parameters {
  const { next, bounds } = state
  const epochs = state.history.slice(-REMEMBERED)
  const newest = epochs.at(-1)
  if (newest === undefined) return next
  if (epochs.length < FEW) return adaptToNetwork(newest.report, next, bounds)
  const process = learn(epochs, bounds)
  const best = bestOf(epochs, process, bounds)
  if (scoreOf(newest.report) < best.score - WORSE) return stepParameters(next, best.parameters, bounds)
  const least = LEAST_TIMEOUT * newest.report.roundTripMs
  return mostPromising(next, bounds, process, best.score, () => someStep(next, bounds, least, random))
}

/**
 * A first step by what the network is like: a view has to have time for its three hops several times over, and the
 * more time a block takes, the more of them have to be on their way.
 */
export function adaptToNetwork(
  { roundTripMs }: Pick<PerformanceReport, 'roundTripMs'>,
  next: Parameters,
  bounds: Bounds,
): Parameters {
  const wanted = {
    ...next,
    view_timeout: 100 + 6 * roundTripMs,
    pipeline_depth: 2 + Math.ceil(roundTripMs / 50),
  }
  return stepParameters(next, wanted, bounds)
}

/** With the noise by which the epochs are likeliest: a network may be steady, or full of chance. */
function learn(epochs: readonly TunedEpoch[], bounds: Bounds): GaussianProcess {
  const all = NOISES.map(
    (noise) =>
      new GaussianProcess(
        epochs.map(({ parameters, report }, i) => ({
          point: pointOf(parameters, bounds),
          value: scoreOf(report),
          noise: noise * 2 ** ((epochs.length - 1 - i) / AGEING),
        })),
      ),
  )
  return all.reduce((best, one) => (one.likelihood > best.likelihood ? one : best))
}

/** By what is believed and not by what was measured, since one lucky epoch is no proof. */
function bestOf(epochs: readonly TunedEpoch[], process: GaussianProcess, bounds: Bounds) {
  const scored = epochs.map(({ parameters }) => ({
    parameters,
    score: process.at(pointOf(parameters, bounds)).mean,
  }))
  return scored.reduce((best, one) => (one.score > best.score ? one : best))
}

function mostPromising(
  next: Parameters,
  bounds: Bounds,
  process: GaussianProcess,
  best: number,
  step: () => Parameters,
): Parameters {
  let chosen = next
  let highest = expectedImprovement(process.at(pointOf(next, bounds)), best)
  for (let i = 0; i < CANDIDATES; i++) {
    const candidate = step()
    const improvement = expectedImprovement(process.at(pointOf(candidate, bounds)), best)
    if (improvement > highest) [chosen, highest] = [candidate, improvement]
  }
  return chosen
}

/** Drawn from twice as far as a step may go and cut off there, so that about half of all steps are the largest. */
function someStep(next: Parameters, bounds: Bounds, leastTimeout: number, random: () => number): Parameters {
  const share = () => 1 + (random() - 0.5) * 0.8
  // A fifth of a small number would be no step at all.
  const drawn = NAMES.map((name) => [name, Math.round(next[name] * share() + (random() - 0.5) * 4)])
  const wanted = Object.fromEntries(drawn) as Parameters
  const view_timeout = Math.max(wanted.view_timeout, leastTimeout)
  return stepParameters(next, { ...wanted, view_timeout }, bounds)
}

/** In a cube of side 1, by ratios: from 10 to 20 is as far as from 100 to 200. */
function pointOf(parameters: Parameters, bounds: Bounds): number[] {
  return NAMES.map((name) => {
    const [min, max] = bounds[name]
    const scale = (value: number) => Math.log(1 + value)
    return max === min ? 0 : (scale(parameters[name]) - scale(min)) / (scale(max) - scale(min))
  })
}
