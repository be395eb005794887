/** The log of the process that supervises a node: the same lines in the same place as the node's own. */
import type { Logger } from '../../actor/types.ts'
import { openLog } from '../../telemetry/log.ts'
import type { RunOptions } from './options.ts'

export function parentLog({ logLevel, logFile, name }: RunOptions): Logger {
  const log = openLog({ level: logLevel ?? 'info', name: name ?? 'neuroplex', thread: 0, file: logFile })
  return log.child({ role: 'process-supervisor' })
}
