/** Validators that send too much: of what each honest one might send as well, or in one block. */
import { crypto, signatureOf } from '../../../actors/validator/crypto.ts'
import { encodeFrame, type Frame } from '../../../actors/validator/node/frame.ts'
import type { Speech } from '../../../actors/validator/node/options.ts'
import { LOCAL_PATH } from '../../../actors/validator/places.ts'
import { ValidatorActor, type ValidatorArgs } from '../../../actors/validator/validator.ts'
import { hashHeader } from '../../../protocols/consensus/codec/block.ts'
import { envelopeSigningBytes } from '../../../protocols/consensus/codec/envelope.ts'
import { voteSigningBytes } from '../../../protocols/consensus/codec/vote.ts'
import { hashGenesis } from '../../../protocols/consensus/genesis.ts'
import { Ledger } from '../../../protocols/consensus/ledger/ledger.ts'
import type { Proposal } from '../../../protocols/consensus/messages.ts'
import { decisionTransaction } from '../../../protocols/consensus/state/decisions.ts'
import { type Envelope, NO_HASH, type Transaction } from '../../../protocols/consensus/types.ts'
import type { ActorRef } from '../../../runtime/index.ts'

/** Frames to each of the others, again and again: many times what an honest one sends. */
const AT_ONCE = 100
const EVERY_MS = 10
const LARGE_BYTES = 60_000

export class FloodingValidator extends ValidatorActor {
  readonly #given: ValidatorArgs

  constructor(args: ValidatorArgs) {
    super(args)
    this.#given = args
  }

  override async onStart(): Promise<void> {
    await super.onStart()
    const frames = framesOf(this.#given)
    let next = 0
    this.context.timers.every(EVERY_MS, async () => {
      for (const { id } of this.#given.genesis.validators) {
        if (id === this.#given.id) continue
        const peer = await this.context.lookup(`${LOCAL_PATH}/${id}`)
        for (let count = 0; count < AT_ONCE; count++)
          (peer as ActorRef<ValidatorActor>).tell.deliver(frames[next++ % frames.length]!)
      }
    })
  }
}

/** Each is valid by itself, but for half of the envelopes, whose signatures are not. */
function framesOf(args: ValidatorArgs): Uint8Array[] {
  const { genesis, keys } = args
  const chain = hashGenesis(genesis, crypto)
  const members = genesis.validators.map(({ public_key }) => public_key).sort()
  const frames: Frame[] = [
    { kind: 'consensus', message: { kind: 'status', epoch: 0, view: 1, height: 0 } },
    { kind: 'consensus', message: { kind: 'get-chain', height: 1 } },
    { kind: 'consensus', message: { kind: 'get-views', epoch: 0, from: 1, to: 64 } },
    { kind: 'sync', message: { kind: 'get-offer', epoch: 0 } },
    { kind: 'sync', message: { kind: 'get-proofs', epoch: 0 } },
  ]
  for (let view = 1_000; view < 1_064; view++) {
    const subject = { kind: 'nullify' as const, epoch: 0, view, block: NO_HASH }
    const signature = signatureOf(voteSigningBytes(chain, subject), keys)
    const vote = { ...subject, signer: members.indexOf(keys.publicKey), signature }
    frames.push({ kind: 'consensus', message: { kind: 'vote', vote } })
  }
  for (let n = 1; n <= 512; n++) {
    const envelope = envelopeOf(args, n, [decisionOf(n, n % 64 === 0 ? LARGE_BYTES : 100)])
    if (n % 2 === 0) envelope.signature[0]! ^= 1
    frames.push({ kind: 'envelope', envelope })
  }
  return frames.map(encodeFrame)
}

/** In each block that it proposes: more transactions than the genesis lets a block have. */
export class ManyProposer extends ValidatorActor {
  protected override speech(args: ValidatorArgs): Speech {
    const { max_transactions_per_block: most } = args.genesis
    const half = Array.from({ length: Math.ceil(most / 2) + 1 }, (_, n) => decisionOf(n, 1))
    return proposing(args, [half, half])
  }
}

/** In each block that it proposes: more bytes than the genesis lets a block have. */
export class LargeProposer extends ValidatorActor {
  protected override speech(args: ValidatorArgs): Speech {
    const count = Math.ceil(args.genesis.max_block_size / LARGE_BYTES) + 1
    return proposing(
      args,
      Array.from({ length: count }, (_, n) => [decisionOf(n, LARGE_BYTES)]),
    )
  }
}

/** Proposes these as envelopes of its own, under a header that tells of them, and signs that. */
function proposing(args: ValidatorArgs, contents: readonly (readonly Transaction[])[]): Speech {
  const { genesis, keys } = args
  const chain = hashGenesis(genesis, crypto)
  const ledger = new Ledger({ genesis, crypto })
  const envelopes = contents.map((transactions, i) => envelopeOf(args, i + 1, transactions))
  const broken = ({ block, vote, ...others }: Proposal): Proposal => {
    const { transactions } = ledger.roots({ envelopes, evidence: block.evidence })
    const header = { ...block.header, transactions }
    const subject = { kind: vote.kind, epoch: vote.epoch, view: vote.view, block: hashHeader(header, crypto) }
    const signature = signatureOf(voteSigningBytes(chain, subject), keys)
    return {
      ...others,
      block: { ...block, header, envelopes },
      vote: { ...subject, signer: vote.signer, signature },
    }
  }
  const own = new Set<string>()
  return ({ to, message }, say) => {
    if (message.kind === 'proposal') {
      own.add(message.vote.block)
      return say(to, broken(message))
    }
    // A vote for what it should have proposed would be one that contradicts.
    if (message.kind !== 'vote' || !own.has(message.vote.block)) say(to, message)
  }
}

function envelopeOf(
  { genesis, keys }: ValidatorArgs,
  sequence: number,
  transactions: readonly Transaction[],
): Envelope {
  const content = { sender: keys.publicKey, sequence, priority: 0, transactions }
  const signature = signatureOf(envelopeSigningBytes(hashGenesis(genesis, crypto), content, crypto), keys)
  return { ...content, signature }
}

function decisionOf(n: number, bytes: number): Transaction {
  const nonce = new Uint8Array(16)
  new DataView(nonce.buffer).setUint32(0, n)
  return decisionTransaction('flood', new Uint8Array(bytes), nonce)
}
