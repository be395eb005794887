/** Records of tests, and what a log has of them as texts that are easily compared. */
import type { VoteLog, VoteLogRecord } from '../../../storage/vote-log/vote-log.ts'

export function record(view: number, text: string): VoteLogRecord {
  return { view, bytes: new TextEncoder().encode(text) }
}

export function contentOf(log: VoteLog, validator: string): string[] {
  return log.records(validator).map(({ view, bytes }) => `${view} ${new TextDecoder().decode(bytes)}`)
}
