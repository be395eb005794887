/** Clients with accounts of their own on a chain, who sign what they send. */
import { randomBytes } from 'node:crypto'
import { crypto, keyPairOf, SEED_BYTES, signatureOf } from '../../../../actors/validator/crypto.ts'
import { type Chain, chain } from '../../../../actors/validator/index.ts'
import { envelopeSigningBytes } from '../../../../protocols/consensus/codec/envelope.ts'
import { accountTransaction } from '../../../../protocols/consensus/state/accounts.ts'
import type { Envelope, Hash, Transaction } from '../../../../protocols/consensus/types.ts'
import type { ActorSystem } from '../../../../runtime/index.ts'
import { MACHINE } from './key-values.ts'

/** Values under so many keys, so that the state stays small however many transactions there are. */
const KEYS = 10_000

export class Client {
  readonly #chainId: Hash
  readonly #keys = keyPairOf(randomBytes(SEED_BYTES))
  readonly #bytes: number
  #sequence = 0
  #sent = 0

  private constructor(chainId: Hash, bytes: number) {
    this.#chainId = chainId
    this.#bytes = bytes
  }

  /** @param bytes of each transaction */
  static async open(system: ActorSystem, bytes: number): Promise<Client> {
    const { chainId } = await chain(system).status()
    const client = new Client(chainId, bytes)
    await client.#openAccount(chain(system))
    return client
  }

  async #openAccount(on: Chain): Promise<void> {
    const key = this.#keys.publicKey
    await on.submit(accountTransaction({ kind: 'open', key, quota: 0 }))
    this.#sequence = (await on.sequence(key))!
  }

  /** The next envelope, with so many transactions under one signature. */
  sign(transactions: number): Envelope {
    const content = {
      sender: this.#keys.publicKey,
      sequence: ++this.#sequence,
      priority: 0,
      transactions: Array.from({ length: transactions }, () => this.#transaction()),
    }
    const bytes = envelopeSigningBytes(this.#chainId, content, crypto)
    return { ...content, signature: signatureOf(bytes, this.#keys) }
  }

  #transaction(): Transaction {
    const payload = Buffer.alloc(this.#bytes, 'x')
    payload.write(`key-${this.#sent++ % KEYS}=${this.#sent}-`)
    return { machine: MACHINE, payload: new Uint8Array(payload.buffer, payload.byteOffset, payload.length) }
  }
}
