/** Small parts for tests of replication. */
import type { ReplicationEffect } from '../../../protocols/replication/events.ts'
import { DEFAULT_REPLICATION_LIMITS, type ReplicationLimits } from '../../../protocols/replication/limits.ts'
import type { Body, Message } from '../../../protocols/replication/messages.ts'
import { Replicator, type ReplicatorOptions } from '../../../protocols/replication/replicator.ts'
import { SimulatedDocument } from './simulation/document.ts'

export const DOCUMENT = 'coordination-plan/launch'

export function limitsWith(limits: Partial<ReplicationLimits> = {}): ReplicationLimits {
  return { ...DEFAULT_REPLICATION_LIMITS, ...limits }
}

/** A hash that is easily told from another. */
export function hash(digit: number): string {
  return digit.toString(16).padStart(64, '0')
}

let actors = 0

/** A replica with its replication. */
export function makeReplica(options: Partial<ReplicatorOptions> = {}) {
  const document = new SimulatedDocument((0xa000 + ++actors).toString(16), 'dropped')
  const replicator = new Replicator({ document: DOCUMENT, replica: document, random: () => 0, ...options })
  return { document, replicator }
}

/** A message with a header as the peer of session 7 would send it to session 5. */
export function messageOf(body: Body, header: Partial<Message> = {}): Message {
  return { version: 1, document: DOCUMENT, from: 7, to: 5, seq: 1, ack: 0, ...header, ...body } as Message
}

export function sentBy(effects: readonly ReplicationEffect[]): Message[] {
  return effects.flatMap((effect) => (effect.kind === 'send' ? [effect.message] : []))
}
