/** A chain of several epochs whose early blocks are gone, and a validator that is behind it. */
import assert from 'node:assert/strict'
import type { SyncMessage } from '../../../../protocols/consensus/codec/sync.ts'
import { decodeSync, encodeSync } from '../../../../protocols/consensus/codec/sync.ts'
import { genesisValidators } from '../../../../protocols/consensus/genesis.ts'
import { Ledger } from '../../../../protocols/consensus/ledger/ledger.ts'
import { decisionTransaction } from '../../../../protocols/consensus/state/decisions.ts'
import { answerSync } from '../../../../protocols/consensus/sync/serving.ts'
import {
  SnapshotSync,
  type SnapshotSyncOptions,
  type SyncEffect,
} from '../../../../protocols/consensus/sync/snapshot-sync.ts'
import type { PublicKey } from '../../../../protocols/consensus/types.ts'
import { VolatileBlocks } from '../../../../storage/block-store/volatile.ts'
import { CHAIN, GENESIS, type Node, networkOf } from '../ledger/network.ts'
import { crypto, KEYS, signed } from '../sample-chain.ts'

const NONCE = new Uint8Array(16)

/** Three of four validators have come to this epoch, and have decided something in each. */
export function chainUpTo(epoch: number) {
  const network = networkOf(KEYS.slice(0, 3))
  for (let sequence = 1; sequence <= 20; sequence++)
    for (const [i, node] of network.nodes.entries()) {
      const transactions = [decisionTransaction(`topic-${i}`, new Uint8Array(1_000).fill(sequence), NONCE)]
      node.ledger.submit(signed(node.key, { sequence, priority: 0, transactions }, CHAIN))
    }
  const height = epoch * GENESIS.epoch_length + 3
  network.runUntil(() => network.nodes.every(({ ledger }) => ledger.state.height >= height))
  return network
}

/** What the node has stored by now. */
export async function archiveOf(node: Node): Promise<VolatileBlocks> {
  const archive = new VolatileBlocks()
  for (const { blocks, certificate } of node.committed)
    await archive.append({ kind: 'chain', blocks, certificate })
  for (const { seed, snapshot } of node.begun) {
    const finality = (await archive.finalityOf(seed.tip.height))!
    await archive.putEpochProof(seed.set.epoch - 1, { finality, validators: seed.set.members })
    await archive.putSnapshot({ seed, snapshot })
  }
  return archive
}

export interface Behind {
  readonly ledger: Ledger
  readonly sync: SnapshotSync
}

/** A validator that knows the genesis alone. */
export function behind(options: Partial<SnapshotSyncOptions> = {}): Behind {
  const ledger = new Ledger({ genesis: GENESIS, crypto })
  const known = genesisValidators(GENESIS, crypto)
  return {
    ledger,
    sync: new SnapshotSync({ genesis: GENESIS, crypto, known, application: ledger, ...options }),
  }
}

/** Undefined says nothing. */
export type Peer = (question: SyncMessage) => Promise<SyncMessage | undefined>

export function honest(archive: VolatileBlocks): Peer {
  return (question) => answerSync(question, archive, GENESIS)
}

/** All that the validator did until it was done, or `untilMs` had passed. Whatever goes over goes as bytes. */
export async function runSync(sync: SnapshotSync, peers: ReadonlyMap<PublicKey, Peer>, untilMs = 120_000) {
  const all: SyncEffect[] = []
  let nowMs = 0
  const carryOut = async (effects: readonly SyncEffect[]): Promise<void> => {
    all.push(...effects)
    assert.ok(all.length < 20_000, 'it takes too many steps')
    for (const effect of effects) if (effect.kind === 'send') await ask(effect)
  }
  const ask = async ({ to, message }: Extract<SyncEffect, { kind: 'send' }>) => {
    for (const [key, peer] of peers) {
      if (to !== 'all' && to !== key) continue
      const answer = await peer(decodeSync(encodeSync(message)))
      if (answer !== undefined) await carryOut(sync.message(key, decodeSync(encodeSync(answer)), nowMs))
    }
  }
  await carryOut(sync.tick(nowMs))
  while (!sync.isDone && nowMs < untilMs) {
    nowMs = Math.max(nowMs + 1, sync.dueMs)
    await carryOut(sync.tick(nowMs))
  }
  return { effects: all, nowMs, restored: all.find((effect) => effect.kind === 'restored') }
}

export function refusedBy(effects: readonly SyncEffect[]): PublicKey[] {
  return effects.flatMap((effect) => (effect.kind === 'refused' ? [effect.peer] : []))
}
