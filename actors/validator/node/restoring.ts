/** The chunks of a snapshot that was stored, as a ledger takes them over. */
import { SnapshotCollector } from '../../../protocols/consensus/state/snapshot.ts'
import type { StoredSnapshot } from '../../../storage/block-store/block-archive.ts'
import { crypto } from '../crypto.ts'

export function collected({ snapshot }: StoredSnapshot): SnapshotCollector {
  const collector = new SnapshotCollector(snapshot.manifest, crypto)
  snapshot.chunks.forEach((chunk, index) => void collector.add(index, chunk))
  return collector
}
