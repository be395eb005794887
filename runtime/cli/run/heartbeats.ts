/** The node's side of its supervision by a parent process. */
import { RUN_LIMITS } from './limits.ts'

/**
 * Tells the parent process, where there is one, that the main thread goes round. A parent that is gone
 * is reported once, so that no node runs on without the one who watches it.
 */
export function beginHeartbeats(onParentGone: () => void): void {
  if (!process.send) return
  const beat = () => process.send?.('beat', () => {})
  beat()
  setInterval(beat, RUN_LIMITS.heartbeatEveryMs).unref()
  process.once('disconnect', onParentGone)
  process.channel?.unref()
}
