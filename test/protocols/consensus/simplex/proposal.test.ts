/** What a leader proposes and nobody may vote for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Proposal } from '../../../../protocols/consensus/messages.ts'
import type { Block } from '../../../../protocols/consensus/types.ts'
import { certificateOf, childOf, Driven, evidenceAgainst, hashOf, SELF, voteOf } from '../driven.ts'

/** A validator in a view that another leads, with the view before nullified. */
function follower(): { driven: Driven; view: number; leader: number } {
  const driven = new Driven()
  const { schedule } = driven.validator.epoch
  let view = 1
  while (schedule.leader(view) === SELF)
    driven.hear(1, { kind: 'certificate', certificate: certificateOf('nullify', view++) })
  return { driven, view, leader: schedule.leader(view) }
}

function proposalOf(block: Block, view: number, leader: number): Proposal {
  const vote = voteOf(leader, 'notarize', view, hashOf(block))
  return { kind: 'proposal', block, parentView: 0, parentCertificate: undefined, vote }
}

const told = ({ effects }: Driven) =>
  effects.flatMap((effect) =>
    effect.kind === 'alert' && effect.alert.kind === 'invalid' ? [effect.alert.what] : [],
  )
const votes = (driven: Driven) => driven.sent('vote').map(({ message }) => message.vote.kind)

test('a good proposal is voted for, and becomes final by the votes of a quorum', () => {
  const { driven, view, leader } = follower()
  const block = childOf(undefined, { proposer: leader })
  driven.hear(leader, proposalOf(block, view, leader))
  assert.deepEqual([votes(driven), told(driven)], [['notarize'], []])
  const others = [1, 2, 3]
  for (const i of others) driven.hear(i, { kind: 'vote', vote: voteOf(i, 'notarize', view, hashOf(block)) })
  for (const i of others) driven.hear(i, { kind: 'vote', vote: voteOf(i, 'finalize', view, hashOf(block)) })
  assert.deepEqual(votes(driven), ['notarize', 'finalize'])
  assert.equal(driven.validator.height, 1)
})

test('a block that breaks a rule is told of, and its view nullified at once', () => {
  const wrong: readonly (readonly [Partial<Block['header']>, string])[] = [
    [{ chain: 'a'.repeat(64) }, 'it is of another chain'],
    [{ epoch: 1 }, 'it is of another epoch'],
    [{ validators: 'a'.repeat(64) }, 'it is of another epoch'],
    [{ parent: 'a'.repeat(64) }, 'its parent is another block'],
    [{ height: 2 }, 'its parent is another block'],
    [{ proposer: SELF }, 'its proposer does not lead the view'],
    [{ timestampMs: 5 }, 'it is not later than its parent'],
    [{ signers: Uint8Array.of(7) }, 'it names other signers than those of its parent'],
    [{ stateHeight: 1 }, 'it shows the state of a wrong height'],
    [{ stateRoot: 'a'.repeat(64) }, 'it shows another state'],
    [{ nextValidators: 'a'.repeat(64) }, 'it names other next validators'],
  ]
  for (const [header, problem] of wrong) {
    const { driven, view, leader } = follower()
    const block = childOf(undefined, { proposer: leader, ...header })
    driven.hear(leader, proposalOf(block, view, leader))
    assert.deepEqual([told(driven), votes(driven)], [[`a proposal: ${problem}`], ['nullify']])
  }
})

test('evidence that is none, or is forged, is no reason to vote', () => {
  const { first, second, offender } = evidenceAgainst(3)
  const forged = { ...first, signature: new Uint8Array(64) }
  for (const [evidence, problem] of [
    [{ offender, first: second, second: first }, /evidence: the votes are in the wrong order/],
    [{ offender, first: forged, second }, /a signature in it is invalid/],
  ] as const) {
    const { driven, view, leader } = follower()
    const block = childOf(undefined, { proposer: leader }, [evidence])
    driven.hear(leader, proposalOf(block, view, leader))
    assert.match(told(driven).join(), problem)
    assert.deepEqual(votes(driven), ['nullify'])
  }
})

test('a leader that forges its own signature or the certificate of the parent is not followed', () => {
  const { driven, view, leader } = follower()
  const parent = childOf(undefined, { proposer: leader })
  driven.hear(leader, proposalOf(parent, view, leader))
  const real = certificateOf('notarize', view, hashOf(parent))
  const forged = { ...real, signatures: real.signatures.map(() => new Uint8Array(64)) }
  driven.hear(1, { kind: 'certificate', certificate: certificateOf('nullify', view) })
  let later = view + 1
  while (driven.validator.epoch.schedule.leader(later) !== leader)
    driven.hear(1, { kind: 'certificate', certificate: certificateOf('nullify', later++) })
  driven.wait(2_000)
  const block = childOf(parent, { proposer: leader, signers: forged.signers })
  const vote = voteOf(leader, 'notarize', later, hashOf(block))
  driven.hear(leader, { kind: 'proposal', block, parentView: view, parentCertificate: forged, vote })
  assert.equal(votes(driven).filter((kind) => kind === 'finalize').length, 0)
  assert.deepEqual(votes(driven).at(-1), 'nullify')
  assert.equal(driven.validator.view, later)

  const other = follower()
  const good = proposalOf(childOf(undefined, { proposer: other.leader }), other.view, other.leader)
  other.driven.hear(other.leader, { ...good, vote: { ...good.vote, signature: new Uint8Array(64) } })
  assert.deepEqual(votes(other.driven), ['nullify'])
})

test('parts that do not belong together are told of, and the view goes on for another proposal', () => {
  const other = childOf(undefined, { timestampMs: 9_000_000 })
  const certified = certificateOf('notarize', 1, hashOf(other))
  const changes: readonly (readonly [(proposal: Proposal, view: number) => Proposal, string])[] = [
    [
      (proposal, view) => ({
        ...proposal,
        vote: voteOf(proposal.vote.signer, 'notarize', view, hashOf(other)),
      }),
      'a proposal: the vote is for another block',
    ],
    [(proposal, view) => ({ ...proposal, parentView: view }), 'a proposal: the parent is of a later view'],
    [
      (proposal) => ({ ...proposal, parentCertificate: certified }),
      'a proposal: the first parent is certified',
    ],
    [(proposal) => ({ ...proposal, parentView: 1 }), 'a proposal: the parent is not certified'],
    [
      (proposal) => ({ ...proposal, parentView: 1, parentCertificate: certificateOf('nullify', 1) }),
      'a proposal: the certificate is not of the parent',
    ],
    [
      (proposal) => ({
        ...proposal,
        parentView: 1,
        parentCertificate: { ...certified, signatures: certified.signatures.slice(1) },
      }),
      'a proposal: signers and signatures differ in number',
    ],
    [
      (proposal, view) => ({ ...proposal, vote: voteOf(SELF, 'notarize', view, hashOf(proposal.block)) }),
      'a proposal out of turn',
    ],
    [
      (proposal) => ({ ...proposal, block: { ...proposal.block, evidence: [evidenceAgainst(3)] } }),
      'a block that differs from its header',
    ],
  ]
  for (const [change, problem] of changes) {
    const { driven, view, leader } = follower()
    // In a later view, so that there is one before it for the parent.
    driven.hear(1, { kind: 'certificate', certificate: certificateOf('nullify', view) })
    let later = view + 1
    while (driven.validator.epoch.schedule.leader(later) !== leader)
      driven.hear(1, { kind: 'certificate', certificate: certificateOf('nullify', later++) })
    const good = proposalOf(childOf(undefined, { proposer: leader }), later, leader)
    driven.hear(leader, change(good, later))
    assert.deepEqual([told(driven), votes(driven)], [[problem], []])
    driven.hear(leader, good)
    assert.deepEqual(votes(driven), ['notarize'], problem)
  }
})

test('what a clock that is ahead proposes is voted for once its time has come', () => {
  const { driven, view, leader } = follower()
  const aheadMs = driven.nowMs + 1_500
  driven.hear(
    leader,
    proposalOf(childOf(undefined, { proposer: leader, timestampMs: aheadMs }), view, leader),
  )
  assert.deepEqual(votes(driven), [])
  driven.wait(500)
  assert.deepEqual([votes(driven), told(driven)], [['notarize'], []])
})

test('a proposal whose parent was not reached by nullified views is looked into and not voted for', () => {
  const { driven, view, leader } = follower()
  const parent = childOf(undefined)
  const parentCertificate = certificateOf('notarize', view + 2, hashOf(parent))
  // The views between are not known to be nullified here.
  driven.hear(1, { kind: 'certificate', certificate: certificateOf('nullify', view + 5) })
  let later = view + 6
  while (driven.validator.epoch.schedule.leader(later) !== leader)
    driven.hear(1, { kind: 'certificate', certificate: certificateOf('nullify', later++) })
  const block = childOf(parent, { proposer: leader, signers: parentCertificate.signers })
  const vote = voteOf(leader, 'notarize', later, hashOf(block))
  driven.hear(leader, { kind: 'proposal', block, parentView: view + 2, parentCertificate, vote })
  assert.deepEqual(votes(driven).includes('notarize'), false)
  assert.ok(driven.sent('get-views').length > 0)
})
