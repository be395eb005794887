/**
 * Validators at work without actors: real nodes, ledgers and signatures in virtual time, over a network and journals
 * that a seed makes slow, lossy and forgetful of what was not durable.
 */

import { crypto, type KeyPair, keyPairOf } from '../../../../actors/validator/crypto.ts'
import { ValidatorNode } from '../../../../actors/validator/node/node.ts'
import type { NodeListeners, Speech } from '../../../../actors/validator/node/options.ts'
import type { KeptRecord, Ports } from '../../../../actors/validator/node/ports.ts'
import { verifyHere } from '../../../../actors/validator/verifier.ts'
import { createGenesis, type Genesis, hashGenesis } from '../../../../protocols/consensus/genesis.ts'
import type { Hash, PublicKey } from '../../../../protocols/consensus/types.ts'
import { VolatileBlocks } from '../../../../storage/block-store/volatile.ts'
import { Agenda } from '../../../protocols/consensus/simulator/agenda.ts'
import { Random } from '../../../protocols/consensus/simulator/random.ts'

const START_MS = 1_000_000

export interface NetworkOptions {
  readonly seed?: number
  readonly n?: number
  readonly genesis?: Partial<Genesis>
  /** Of frames; what is lost has to be made good by the protocol. */
  readonly loss?: number
  /** How long a frame takes at most. */
  readonly delayMs?: number
  /** How long a record takes at most to be durable. */
  readonly persistMs?: number
  readonly listeners?: (index: number) => NodeListeners
  readonly speech?: (member: Member, chain: Hash, others: readonly PublicKey[]) => Speech | undefined
}

export function keysOf(n: number): KeyPair[] {
  return Array.from({ length: n }, (_, i) => keyPairOf(new Uint8Array(32).fill(i + 1)))
}

export class Network {
  readonly agenda = new Agenda(START_MS)
  readonly random: Random
  readonly genesis: Genesis
  readonly members: Member[]
  readonly options: NetworkOptions
  readonly failures: unknown[] = []
  /** Members that want to be opened again. */
  readonly restarts: Member[] = []

  private constructor(options: NetworkOptions) {
    const { seed = 1, n = 4, genesis = {} } = options
    this.options = options
    this.random = new Random(seed)
    const keys = keysOf(n)
    this.genesis = createGenesis({
      ...{ chain: 'test', genesis_time: START_MS - 1_000, block_time: 500, finality_time: 3_000 },
      ...genesis,
      validators: keys.map(({ publicKey }, i) => ({ id: `v${i}`, public_key: publicKey, stake: 100 })),
    })
    this.members = keys.map((pair, i) => new Member(i, pair, this))
  }

  /** Opened and started. */
  static async of(options: NetworkOptions = {}): Promise<Network> {
    const network = new Network(options)
    for (const member of network.members) await member.open()
    for (const member of network.members) member.node.start()
    return network
  }

  carry(from: Member, to: PublicKey | 'all', frame: Uint8Array): void {
    const { loss = 0, delayMs = 5 } = this.options
    for (const member of this.members) {
      if (member === from || (to !== 'all' && member.keys.publicKey !== to) || this.random.chance(loss))
        continue
      this.agenda.plan(this.agenda.nowMs + this.random.whole(1, delayMs), () => {
        if (member.isUp) member.node.receive(from.keys.publicKey, frame)
      })
    }
  }

  /** Lets things happen until it is so; what is kept in memory is kept in between. */
  async runUntil(what: string, isSo: () => boolean, withinMs = 60_000): Promise<void> {
    const endMs = this.agenda.nowMs + withinMs
    for (let steps = 0; !isSo(); steps++) {
      if (this.failures.length > 0) throw this.failures[0]
      if (this.agenda.nowMs > endMs || !this.agenda.step()) throw new Error(`waited in vain until ${what}`)
      if (steps % 8 === 0) await Promise.resolve()
      for (const member of this.restarts.splice(0)) await member.restart()
      if (steps % 64 === 0) await new Promise((next) => setImmediate(next))
    }
  }
}

export class Member {
  readonly index: number
  readonly keys: KeyPair
  readonly #network: Network
  archive = new VolatileBlocks()
  readonly records: KeptRecord[] = []
  node!: ValidatorNode
  isUp = false
  #life = 0
  #durableAtMs = 0

  constructor(index: number, keys: KeyPair, network: Network) {
    this.index = index
    this.keys = keys
    this.#network = network
  }

  async open(): Promise<void> {
    const { genesis, options, members } = this.#network
    const others = members.filter((one) => one !== this).map(({ keys }) => keys.publicKey)
    this.node = await ValidatorNode.open({
      ...{ genesis, keys: this.keys, archive: this.archive, records: this.records, ports: this.#ports() },
      listeners: options.listeners?.(this.index),
      speech: options.speech?.(this, hashGenesis(genesis, crypto), others),
    })
    this.isUp = true
  }

  /** Loses all that is not durable. */
  crash(): void {
    this.isUp = false
    this.#life++
  }

  async restart(): Promise<void> {
    await this.open()
    this.node.start()
  }

  #ports(): Ports {
    const { agenda, random, options, failures } = this.#network
    const life = this.#life
    const isAlive = () => life === this.#life
    const soon = (run: () => void) =>
      agenda.plan(agenda.nowMs, () => {
        if (isAlive()) run()
      })
    let wakeups = 0
    return {
      link: {
        send: (to, frame) => this.#network.carry(this, to, frame),
        broadcast: (frame) => this.#network.carry(this, 'all', frame),
      },
      journal: {
        append: (token, records) => {
          const atMs = agenda.nowMs + random.whole(0, options.persistMs ?? 3)
          this.#durableAtMs = Math.max(this.#durableAtMs, atMs)
          agenda.plan(this.#durableAtMs, () => {
            if (!isAlive()) return
            this.records.push(...records)
            this.node.persisted(token)
          })
        },
        forget: (view) => {
          const kept = this.records.filter((record) => record.view >= view)
          this.records.splice(0, this.records.length, ...kept)
        },
      },
      now: () => agenda.nowMs,
      random: () => random.next(),
      verify: (_, checks) => verifyHere(checks),
      wakeAt: (atMs) => {
        const wakeup = ++wakeups
        agenda.plan(atMs, () => {
          if (isAlive() && wakeup === wakeups) this.node.tick()
        })
      },
      pause: () => Promise.resolve(),
      soon: () => soon(() => this.node.flush()),
      startAnew: () => {
        this.crash()
        this.#network.restarts.push(this)
      },
      failed: (error) => void failures.push(error),
    }
  }
}
