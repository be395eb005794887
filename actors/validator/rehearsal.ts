/**
 * A validator that lies, to rehearse what the others make of it: with each vote for a block it signs another one for a
 * block that does not exist, and sends that to half of them. Where this validator leads, all see its proposal, and
 * half of them see it vote against it.
 */

import { fromHex, toHex } from '../../protocols/consensus/codec/hex.ts'
import { voteSigningBytes } from '../../protocols/consensus/codec/vote.ts'
import { hashGenesis } from '../../protocols/consensus/genesis.ts'
import type { Message } from '../../protocols/consensus/messages.ts'
import type { Hash, PublicKey, Vote } from '../../protocols/consensus/types.ts'
import { crypto, type KeyPair, signatureOf } from './crypto.ts'
import type { Speech } from './node/options.ts'
import { ValidatorActor, type ValidatorArgs } from './validator.ts'

/** The module of the class, which every thread imports. */
export const REHEARSAL_MODULE = import.meta.url

export class LyingValidator extends ValidatorActor {
  protected override speech({ genesis, keys }: ValidatorArgs): Speech {
    const others = genesis.validators
      .map(({ public_key }) => public_key)
      .filter((key) => key !== keys.publicKey)
    return equivocating(keys, hashGenesis(genesis, crypto), others)
  }
}

/** @param peers the keys of the other validators */
export function equivocating(keys: KeyPair, chain: Hash, peers: readonly PublicKey[]): Speech {
  const deceived = peers.filter((_, i) => i % 2 === 0)
  const others = peers.filter((_, i) => i % 2 === 1)
  return ({ to, message }, say) => {
    const vote = voteFor(message)
    if (to !== 'all' || vote === undefined) return say(to, message)
    const lie: Message = { kind: 'vote', vote: contradiction(vote, keys, chain) }
    for (const peer of message.kind === 'vote' ? others : peers) say(peer, message)
    for (const peer of deceived) say(peer, lie)
    // Somebody has to see both, or nobody could tell.
    for (const peer of others.slice(0, 1)) say(peer, lie)
  }
}

function voteFor(message: Message): Vote | undefined {
  if (message.kind !== 'vote' && message.kind !== 'proposal') return undefined
  return message.vote.kind === 'nullify' ? undefined : message.vote
}

function contradiction({ kind, epoch, view, block, signer }: Vote, keys: KeyPair, chain: Hash): Vote {
  const subject = { kind, epoch, view, block: toHex(crypto.sha256(fromHex(block))) }
  return { ...subject, signer, signature: signatureOf(voteSigningBytes(chain, subject), keys) }
}
