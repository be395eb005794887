/** What happens to a replica, and what replication wants done about it. */
import type { Change } from './document.ts'
import type { Message } from './messages.ts'

export type ReplicationEvent =
  /** Changes made here. With `tell`, an effect follows once a keeper has stored them. */
  | { readonly kind: 'committed'; readonly changes: readonly Change[]; readonly tell: boolean }
  /** A connection to a peer. `session` is greater than any that this replica has had before, also before it lost its state. */
  | { readonly kind: 'up'; readonly peer: string; readonly session: number }
  | { readonly kind: 'down'; readonly peer: string }
  /** What a peer sent, unchecked. */
  | { readonly kind: 'message'; readonly peer: string; readonly message: unknown }
  /** This replica is the keeper and has stored these changes. */
  | { readonly kind: 'stored'; readonly hashes: readonly string[] }
  /** Time has passed: `dueMs` tells when one is needed. */
  | { readonly kind: 'tick' }

export type RefusalReason =
  | 'version'
  | 'document'
  | 'malformed'
  | 'change'
  | 'too-large'
  | 'too-many-peers'
  | 'refused-by-peer'

export type ReplicationEffect =
  | { readonly kind: 'send'; readonly peer: string; readonly message: Message }
  /** Changes that peers brought are part of the document now. */
  | { readonly kind: 'applied'; readonly changes: readonly Change[] }
  /** Changes made here are stored by a keeper. */
  | { readonly kind: 'kept'; readonly hashes: readonly string[] }
  /** Too many changes wait for a keeper; whether these are stored will not be told. */
  | { readonly kind: 'untracked'; readonly hashes: readonly string[] }
  /** Nothing is said to the peer, or heard from it, until it is up again. `explanation` is for people. */
  | {
      readonly kind: 'refused'
      readonly peer: string
      readonly reason: RefusalReason
      readonly explanation: string
    }
