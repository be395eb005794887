/**
 * The state machine of the benchmarks does what the one of CometBFT's benchmarks does: a transaction is a text
 * "key=value", and the value is kept under its key in memory. There the root is the number of transactions; here it
 * covers the last one as well.
 */
import type { Outcome, StateMachine } from '../../../../actors/validator/index.ts'
import { encode } from '../../../../protocols/consensus/codec/bytes.ts'
import { toHex } from '../../../../protocols/consensus/codec/hex.ts'
import type { Crypto, Hash } from '../../../../protocols/consensus/types.ts'

export const MACHINE_MODULE = import.meta.url
export const MACHINE = 'kv'
const SEPARATOR = '='.charCodeAt(0)
const MAX_KEY_BYTES = 64
const NOTHING = new Uint8Array(0)
const DONE: Outcome = { ok: true, value: NOTHING }

export function machines(crypto: Crypto): readonly StateMachine[] {
  return [new KeyValues(crypto)]
}

class KeyValues implements StateMachine {
  readonly name = MACHINE
  readonly #crypto: Crypto
  /** Whole transactions, which begin with their key. */
  readonly #values = new Map<string, Uint8Array>()
  #count = 0
  #last: Uint8Array = NOTHING

  constructor(crypto: Crypto) {
    this.#crypto = crypto
  }

  apply(payload: Uint8Array): Outcome {
    const key = keyOf(payload)
    if (key === undefined) return { ok: false, reason: 'a transaction is key=value' }
    this.#values.set(key, payload)
    this.#count++
    this.#last = payload
    return DONE
  }

  root(): Hash {
    return toHex(this.#crypto.sha256(this.#head()))
  }

  *save(): Generator<Uint8Array> {
    yield this.#head()
    for (const key of [...this.#values.keys()].sort()) yield this.#values.get(key)!
  }

  load(pieces: Iterable<Uint8Array>): void {
    this.#values.clear()
    const [head, ...entries] = pieces
    for (const entry of entries) this.apply(entry)
    this.#count = Number(new DataView(head!.buffer, head!.byteOffset).getBigUint64(0))
    this.#last = head!.subarray(8)
  }

  #head(): Uint8Array {
    return encode(this.#last, (writer, last) => {
      const count = new Uint8Array(8)
      new DataView(count.buffer).setBigUint64(0, BigInt(this.#count))
      writer.raw(count).raw(last)
    })
  }
}

/** A key is short: put together letter by letter it costs less than a call of the engine's decoder. */
function keyOf(payload: Uint8Array): string | undefined {
  const most = Math.min(payload.length, MAX_KEY_BYTES + 1)
  let key = ''
  for (let at = 0; at < most; at++) {
    const byte = payload[at] as number
    if (byte === SEPARATOR) return key
    key += String.fromCharCode(byte)
  }
  return undefined
}
