/** With what a validator's node is opened, and whom it tells. */
import type { Alert, ConsensusEffect } from '../../../protocols/consensus/events.ts'
import type { Genesis } from '../../../protocols/consensus/genesis.ts'
import type { Message } from '../../../protocols/consensus/messages.ts'
import type { MachineFactory } from '../../../protocols/consensus/state/chain-state.ts'
import type { Evidence, PublicKey } from '../../../protocols/consensus/types.ts'
import type { BlockArchive } from '../../../storage/block-store/block-archive.ts'
import type { KeyPair } from '../crypto.ts'
import type { KeptRecord, Ports } from './ports.ts'

export interface NodeOptions {
  readonly genesis: Genesis
  readonly keys: KeyPair
  readonly machines?: MachineFactory
  readonly archive: BlockArchive
  /** What the journal has of this validator. */
  readonly records: readonly KeptRecord[]
  readonly ports: Ports
  readonly listeners?: NodeListeners
  /** What it really says in place of what the protocol has it say: for rehearsing faults. */
  readonly speech?: Speech | undefined
}

/** Called with each message that is to be sent; `say` sends one. */
export type Speech = (sent: Sent, say: (to: PublicKey | 'all', message: Message) => void) => void

export type Sent = Extract<ConsensusEffect, { kind: 'send' }>

export interface NodeListeners {
  /** Blocks have become final. */
  committed?(): void
  alert?(alert: Alert): void
  accused?(evidence: Evidence): void
  /** This validator is silent, and can't help itself: a sentence that tells what to do. */
  standstill?(problem: string): void
}

export const honest: Speech = ({ to, message }, say) => say(to, message)
