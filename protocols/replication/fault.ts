/** What is wrong with what a peer sent, so that nothing more can be said to it. */
import type { RefusalReason } from './events.ts'
import type { ReplicationLimits } from './limits.ts'
import { isMessage, type Message, REPLICATION_VERSION } from './messages.ts'

export interface Fault {
  readonly reason: RefusalReason
  /** A sentence for people. */
  readonly explanation: string
  /** The session of the sender, where one can be read. */
  readonly session: number
}

/** A message as it was sent, or why it is none. */
export function read(value: unknown, document: string, limits: ReplicationLimits): Message | Fault {
  const header = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  const session = typeof header.from === 'number' ? header.from : Number.POSITIVE_INFINITY
  if (typeof header.version === 'number' && header.version !== REPLICATION_VERSION) {
    const explanation = `replication of version ${header.version} can't talk to version ${REPLICATION_VERSION}; run the same release on all nodes`
    return { reason: 'version', explanation, session }
  }
  if (!isMessage(value, limits)) {
    const explanation =
      'a message of replication has the wrong shape or exceeds the limits; run the same release with the same limits on all nodes'
    return { reason: 'malformed', explanation, session }
  }
  if (value.document !== document) {
    const explanation = `a message about ${JSON.stringify(value.document)} came to ${JSON.stringify(document)}; hand it to the replica of its document`
    return { reason: 'document', explanation, session }
  }
  return value
}
