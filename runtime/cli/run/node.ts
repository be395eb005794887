/**
 * A node in this process: the system, its control socket, its root, and the order in which they start
 * and end.
 */
import { ActorSystem } from '../../index.ts'
import { onSignals, signalCode } from '../../signals.ts'
import { ControlServer } from '../../telemetry/control-server.ts'
import { EXIT } from '../exit-codes.ts'
import { beginHeartbeats } from './heartbeats.ts'
import { moduleUrl, type RunOptions, systemOptions } from './options.ts'
import { loadNode, type Root, startRoot } from './root.ts'

/** Why a node ends, and with which exit code. */
interface Reason {
  code: number
  text: string
}

/** Runs until the node is told to end or its root has failed for good; resolves with the exit code. */
export async function runNode(module: string, options: RunOptions): Promise<number> {
  const told = toldToEnd()
  const { root, services } = await loadNode(moduleUrl(module))
  const system = await ActorSystem.start({ ...systemOptions(module, options), services })
  try {
    // The socket comes before the root: two nodes on one data folder must not both begin to work.
    await using server = await ControlServer.listen(system.control, options)
    system.log.info(
      { event: 'node-up', pid: process.pid, socket: server.path },
      `control socket ${server.path}`,
    )
    const reason = await Promise.race([told, rootEnded(system, root), workDone(system)])
    if (reason !== WORK_DONE) report(system, reason)
    await system.shutdown()
    return reason.code
  } finally {
    await system.shutdown()
  }
}

/** Resolves at the first signal, or when the parent process is gone. A second signal ends the process at once. */
function toldToEnd(): Promise<Reason> {
  return new Promise((resolve) => {
    beginHeartbeats(() => resolve({ code: EXIT.ok, text: 'the parent process is gone; stopping in order' }))
    onSignals((signal, count) => {
      if (count > 1) process.exit(signalCode(signal))
      resolve({ code: EXIT.ok, text: `${signal}: stopping in order; a second signal ends at once` })
    })
  })
}

/** Resolves when the program shuts the system down itself. */
function workDone(system: ActorSystem): Promise<Reason> {
  return new Promise((resolve) => {
    system.defer(() => resolve(WORK_DONE))
  })
}

/** Resolves when the root is gone for good; a root function that has returned is not. */
async function rootEnded(system: ActorSystem, root: Root): Promise<Reason> {
  try {
    const ref = await startRoot(system, root)
    if (!ref) return await new Promise<never>(() => {})
    return await new Promise((resolve) => {
      system.watch(ref, (exit) => {
        const failed = exit.kind !== 'stopped'
        const why = exit.error === undefined ? exit.kind : `${exit.kind}: ${exit.error.message}`
        resolve(
          failed ? { code: EXIT.rootFailed, text: `the root has failed for good (${why})` } : ROOT_STOPPED,
        )
      })
    })
  } catch (error) {
    const { message } = error as Error
    return { code: EXIT.rootFailed, text: `the root could not be started: ${message}` }
  }
}

function report(system: ActorSystem, { code, text }: Reason): void {
  system.log[code === EXIT.ok ? 'info' : 'error']({ event: 'node-ending', exitCode: code }, text)
}

/** Not reported: the log was closed with the system. */
const WORK_DONE: Reason = { code: EXIT.ok, text: 'the system has been shut down' }
const ROOT_STOPPED: Reason = { code: EXIT.ok, text: 'the root has been stopped' }
