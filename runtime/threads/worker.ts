/**
 * The entry of a worker thread: builds its host, reports, and does what the system commands.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { errorToWire, toError } from '../../protocols/payload/wire-error.ts'
import { currentTurn } from '../actor/ambient.ts'
import { realClock, seededRandom } from '../clock.ts'
import { openLog } from '../telemetry/log.ts'
import { tellBlockedAt } from './blocked-at.ts'
import { bootHost } from './boot.ts'
import type { Host } from './host.ts'
import type { Boot, Command, Report } from './thread.ts'

/** How often a thread shows the memory that it uses. */
const MEMORY_EVERY_MS = 2_000

const parent = parentPort as MessagePort
const { boot, port } = workerData as { boot: Boot; port: MessagePort }
const report = (message: Report) => parent.postMessage(message)

async function main(): Promise<void> {
  const log = openLog({ ...boot.log, thread: boot.thread })
  const clock = { ...realClock, random: seededRandom(boot.seed) }
  const host = await bootHost(boot, clock, log, (memory, index) => report({ kind: 'chunk', memory, index }))
  connect(host, 0, port)
  parent.on('message', (command: Command) => obey(host, command))
  catchStrays(host)
  tellBlockedAt(host)
  showMemory(host)
  report({ kind: 'ready' })
}

function obey(host: Host, command: Command): void {
  if (command.kind === 'open') {
    connect(host, command.thread, command.port)
    host.threadOpened(command.thread)
  } else if (command.kind === 'lost') host.threadLost(command)
  else if (command.kind === 'stop') {
    host.log.flush()
    process.exit(0)
  }
  host.scheduler.runNow()
}

function connect(host: Host, thread: number, link: MessagePort): void {
  link.on('message', host.links.open(thread, { post: (batch) => link.postMessage(batch) }))
}

/** An error that nobody caught fails the actor whose turn caused it; one of nobody's ends the thread. */
function catchStrays(host: Host): void {
  const stray = (thrown: unknown, what: string): boolean => {
    const cell = currentTurn()?.cell
    host.log.error({ actor: cell?.path, err: toError(thrown) }, what)
    cell?.fail({ kind: 'failed', path: cell.path, error: toError(thrown) })
    return cell !== undefined
  }
  process.on(
    'unhandledRejection',
    (reason) => void stray(reason, 'a promise was rejected and nobody caught it'),
  )
  process.on('uncaughtException', (error) => {
    if (stray(error, 'an error was thrown and nobody caught it')) return
    process.removeAllListeners('uncaughtException')
    throw error
  })
}

function showMemory(host: Host): void {
  const show = () => {
    const { heapUsed, external, arrayBuffers } = process.memoryUsage()
    host.pulse.memoryKb = { heap: heapUsed >> 10, external: Math.round((external + arrayBuffers) / 1024) }
  }
  show()
  setInterval(show, MEMORY_EVERY_MS).unref()
}

main().catch((error) => {
  report({ kind: 'failed', error: errorToWire(toError(error)) })
})
