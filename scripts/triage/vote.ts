/**
 * How a committee of agents comes to one answer.
 *
 * Each member gives the log-odds that a mail is spam, or abstains (it was not asked, or it is down). The
 * committee adds them up, each with a weight that was learnt by logistic regression on opinions which
 * the members gave about mail they had not learnt from ("stacking", Wolpert 1992). There is one set of
 * weights for each set of members that may be present, so that a vote without one of them is as good
 * as the others can make it.
 */

import { InvalidOptionError } from '../../protocols/errors.ts'

/** A member's opinion: the natural logarithm of the odds for spam; undefined where it abstains. */
export type Opinions = Readonly<Record<string, number | undefined>>

/** A mail whose answer is known, and what the members think of it. */
export interface Ballot {
  readonly opinions: Opinions
  readonly spam: boolean
}

/** The weights for one set of members. */
interface Panel {
  readonly members: readonly string[]
  readonly weights: readonly number[]
  readonly bias: number
}

/** What a committee has learnt, as plain data. */
export interface Committee {
  readonly members: readonly string[]
  readonly panels: readonly Panel[]
}

/** The answer of a committee. */
export interface Verdict {
  readonly spam: boolean
  /** Of spam, between 0 and 1. */
  readonly probability: number
  /** Weighted sum of the opinions; positive means spam. */
  readonly logOdds: number
  /** Who took part. */
  readonly voters: readonly string[]
}

/** A single member's certainty is cut here, so that none can outvote the others by being sure of itself. */
export const MAX_LOG_ODDS = 8
/** Below this many ballots of a set of members its weights would be noise; all count alike then. */
const MIN_BALLOTS = 40
const ITERATIONS = 400
const RATE = 0.05
/** Pulls the weights towards an equal share; worth about one ballot. */
const PRIOR = 1

/** The log-odds of a probability, within the bound that the committee applies. */
export function logOdds(probability: number): number {
  return clip(Math.log(Math.max(probability, 1e-12)) - Math.log(Math.max(1 - probability, 1e-12)))
}

/**
 * Learns how much each member's opinion is worth.
 *
 * @param members the names of all who may vote, at most eight
 * @param ballots opinions on mail that the members did not learn from; none of it may be judged later
 */
export function learnCommittee(members: readonly string[], ballots: readonly Ballot[]): Committee {
  if (members.length === 0 || members.length > 8)
    throw new InvalidOptionError(`a committee has one to eight members, not ${members.length}`)
  const panels: Panel[] = []
  for (let set = 1; set < 2 ** members.length; set++) {
    const present = members.filter((_, i) => (set >> i) & 1)
    const usable = ballots.filter((ballot) =>
      present.every((member) => ballot.opinions[member] !== undefined),
    )
    panels.push(usable.length < MIN_BALLOTS ? equalPanel(present) : learnPanel(present, usable))
  }
  return { members, panels }
}

/** Adds up the opinions. Without a single opinion the answer is "not spam", which does the least harm. */
export function decide(committee: Committee, opinions: Opinions): Verdict {
  const voters = committee.members.filter((member) => opinions[member] !== undefined)
  const panel = committee.panels.find(
    (each) =>
      each.members.length === voters.length && each.members.every((member, i) => member === voters[i]),
  )
  const sum = panel === undefined ? 0 : score(panel, opinions)
  return { spam: sum > 0, probability: sigmoid(sum), logOdds: sum, voters }
}

/** What the opinion of each member counts where all have one. */
export function weightsOf({ members, panels }: Committee): Record<string, number> {
  const whole = panels.find((panel) => panel.members.length === members.length)
  return Object.fromEntries(members.map((member, i) => [member, whole?.weights[i] ?? 0]))
}

/** True where the opinions so far leave doubt, so that asking a slower member is worth its time. */
export function isUnsure(verdict: Verdict, within: number): boolean {
  return Math.abs(verdict.logOdds) < within
}

function equalPanel(members: readonly string[]): Panel {
  return { members, weights: members.map(() => 1 / members.length), bias: 0 }
}

/**
 * Gradient descent on the mean cross-entropy; the problem is convex and has a handful of unknowns. The
 * opinions are laid out in columns first, because each is gone through some hundred times.
 */
function learnPanel(members: readonly string[], ballots: readonly Ballot[]): Panel {
  const columns = members.map((member) => Float64Array.from(ballots, (each) => clip(each.opinions[member]!)))
  const truths = Float64Array.from(ballots, ({ spam }) => Number(spam))
  const start = 1 / members.length
  const weights = members.map(() => start)
  let bias = 0
  for (let round = 0; round < ITERATIONS; round++) {
    const errors = errorsOf(columns, weights, bias, truths)
    bias -= (RATE * sumOf(errors)) / ballots.length
    for (const [i, column] of columns.entries()) {
      const slope = (PRIOR * (weights[i]! - start) + dot(errors, column)) / ballots.length
      // A member is heard or ignored, but never taken to mean the opposite of what it says.
      weights[i] = Math.max(0, weights[i]! - RATE * slope)
    }
  }
  return { members, weights, bias }
}

/** How far the weighted vote is from the truth on each ballot. */
function errorsOf(
  columns: readonly Float64Array[],
  weights: readonly number[],
  bias: number,
  truths: Float64Array,
): Float64Array {
  const sums = new Float64Array(truths.length).fill(bias)
  for (const [i, column] of columns.entries())
    for (let at = 0; at < sums.length; at++) sums[at]! += weights[i]! * column[at]!
  return sums.map((sum, at) => sigmoid(sum) - truths[at]!)
}

function sumOf(values: Float64Array): number {
  let sum = 0
  for (let at = 0; at < values.length; at++) sum += values[at]!
  return sum
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!
  return sum
}

function score(panel: Panel, opinions: Opinions): number {
  return panel.members.reduce(
    (sum, member, i) => sum + panel.weights[i]! * clip(opinions[member] ?? 0),
    panel.bias,
  )
}

function clip(value: number): number {
  return Math.max(-MAX_LOG_ODDS, Math.min(MAX_LOG_ODDS, Number.isNaN(value) ? 0 : value))
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value))
}
