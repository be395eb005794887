/** Snapshots that are offered, by whom, and which of them to take. */
import { encode } from '../codec/bytes.ts'
import { toHex } from '../codec/hex.ts'
import { type SnapshotManifest, writeManifest } from '../state/snapshot.ts'
import type { Crypto, PublicKey, ValidatorSet } from '../types.ts'

export interface Offered {
  /** The hash of the manifest: those who offer the same one have the same chunks. */
  readonly id: string
  /** The epoch that begins on it. */
  readonly epoch: number
  readonly manifest: SnapshotManifest
}

/** Different ones that are remembered: honest peers offer those of the last two epochs. */
const MAX_OFFERED = 16

export class Offers {
  readonly #byPeer = new Map<PublicKey, Offered>()
  readonly #crypto: Crypto

  constructor(crypto: Crypto) {
    this.#crypto = crypto
  }

  idOf(manifest: SnapshotManifest): string {
    return toHex(this.#crypto.sha256(encode(manifest, writeManifest)))
  }

  has(peer: PublicKey, id: string): boolean {
    return this.#byPeer.get(peer)?.id === id
  }

  /** In place of what the peer offered before. Where there are too many, what least stake stands for goes. */
  add(peer: PublicKey, offered: Offered, validators: ValidatorSet): void {
    const known = [...this.#byPeer.values()].find(({ id }) => id === offered.id)
    this.#byPeer.set(peer, known ?? offered)
    for (const { offered: one } of this.#ranked(validators).slice(MAX_OFFERED))
      for (const other of this.peersOf(one.id)) this.remove(other)
  }

  remove(peer: PublicKey): void {
    this.#byPeer.delete(peer)
  }

  /** Who offers it. */
  peersOf(id: string): PublicKey[] {
    return [...this.#byPeer].flatMap(([peer, offered]) => (offered.id === id ? [peer] : []))
  }

  /** The one that most stake stands for, of equal ones the newest; and whether somebody honest is among those. */
  best(validators: ValidatorSet): { readonly offered: Offered; readonly isVouchedFor: boolean } | undefined {
    const [best] = this.#ranked(validators)
    return best && { offered: best.offered, isVouchedFor: 3 * best.stake > validators.totalStake }
  }

  /** Whether more than a third of the stake offers it. */
  isVouchedFor(id: string, validators: ValidatorSet): boolean {
    const found = this.#ranked(validators).find(({ offered }) => offered.id === id)
    return 3 * (found?.stake ?? 0) > validators.totalStake
  }

  #ranked({ members }: ValidatorSet): { readonly offered: Offered; readonly stake: number }[] {
    const stakes = new Map(members.map(({ publicKey, stake }) => [publicKey, stake]))
    return [...new Set(this.#byPeer.values())]
      .map((offered) => ({
        offered,
        stake: this.peersOf(offered.id).reduce((sum, peer) => sum + (stakes.get(peer) ?? 0), 0),
      }))
      .sort((a, b) => b.stake - a.stake || b.offered.epoch - a.offered.epoch)
  }
}
