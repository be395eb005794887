import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { seededRandom } from '../../../actors/agent/models/random.ts'
import {
  type Ballot,
  decide,
  isUnsure,
  learnCommittee,
  logOdds,
  MAX_LOG_ODDS,
  weightsOf,
} from '../../../scripts/triage/vote.ts'

const MEMBERS = ['good', 'fair', 'blind']

/** Ballots of a member that is mostly right, one that is often right, and one that guesses. */
function ballots(count: number, seed: number): Ballot[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => {
    const spam = random() < 0.4
    const sign = spam ? 1 : -1
    const opinion = (skill: number): number => sign * skill + (random() + random() + random() - 1.5) * 4
    return { spam, opinions: { good: opinion(2.5), fair: opinion(1.5), blind: opinion(0) } }
  })
}

function accuracy(of: readonly Ballot[], said: (ballot: Ballot) => boolean): number {
  return of.filter((ballot) => said(ballot) === ballot.spam).length / of.length
}

test('the committee trusts each member as far as it is right, and beats the best', () => {
  const committee = learnCommittee(MEMBERS, ballots(2_000, 1))
  const { good, fair, blind } = weightsOf(committee)
  assert.ok(good! > fair! && fair! > blind! && blind! < 0.2)
  const judged = ballots(2_000, 2)
  const best = accuracy(judged, (ballot) => ballot.opinions.good! > 0)
  assert.ok(accuracy(judged, (ballot) => decide(committee, ballot.opinions).spam) > best)
})

test('whoever is absent, the others decide', () => {
  const committee = learnCommittee(MEMBERS, ballots(500, 3))
  const verdict = decide(committee, { good: undefined, fair: 3 })
  assert.deepEqual(verdict.voters, ['fair'])
  assert.equal(verdict.spam, true)
  assert.deepEqual(decide(committee, {}), { spam: false, probability: 0.5, logOdds: 0, voters: [] })
})

test('members that nothing is known of count alike', () => {
  const committee = learnCommittee(['a', 'b'], [])
  assert.equal(decide(committee, { a: 4, b: -2 }).logOdds, 1)
})

test('no opinion, however sure or broken, makes a verdict that is no number', () => {
  const committee = learnCommittee(MEMBERS, ballots(200, 4))
  const opinion = fc.option(fc.double(), { nil: undefined })
  fc.assert(
    fc.property(opinion, opinion, opinion, (good, fair, blind) => {
      const { probability, logOdds: sum } = decide(committee, { good, fair, blind })
      assert.ok(probability >= 0 && probability <= 1 && Number.isFinite(sum))
    }),
  )
})

test('weights are never negative, so a member is never taken to mean the opposite', () => {
  const contrary = ballots(500, 5).map(({ spam, opinions }) => ({
    spam,
    opinions: { good: opinions.good, liar: -opinions.good! },
  }))
  for (const panel of learnCommittee(['good', 'liar'], contrary).panels)
    assert.ok(panel.weights.every((weight) => weight >= 0))
})

test('log-odds are bounded and symmetric', () => {
  assert.equal(logOdds(0.5), 0)
  assert.equal(logOdds(1), MAX_LOG_ODDS)
  assert.equal(logOdds(0), -MAX_LOG_ODDS)
  assert.ok(Math.abs(logOdds(0.9) + logOdds(0.1)) < 1e-9)
})

test('a verdict near zero is unsure', () => {
  const committee = learnCommittee(['a'], [])
  assert.equal(isUnsure(decide(committee, { a: 1 }), 2), true)
  assert.equal(isUnsure(decide(committee, { a: -3 }), 2), false)
})

test('a committee has one to eight members', () => {
  assert.throws(() => learnCommittee([], []), { code: 'INVALID_OPTION' })
  assert.throws(() => learnCommittee([...'abcdefghi'], []), { code: 'INVALID_OPTION' })
})
