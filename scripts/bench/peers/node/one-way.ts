/** One postMessage per message, from worker to worker. The receiver tells when all have come. */
import { setImmediate as turn } from 'node:timers/promises'
import { isMainThread, type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { Figure, Sizes } from '../../figure.ts'
import { playParts, type Start } from './two-workers.ts'

type Part = 'sender' | 'receiver'

/** A message between actors says whom it is for and what to do, so a bare one has to as well. */
const TEXT = 'x'.repeat(64)
const makeMessage = () => ({ to: 7, method: 'note', args: [TEXT] })

export async function run(order: Sizes): Promise<Figure[]> {
  const seconds = await playParts<Part, Sizes, number>(
    new URL(import.meta.url),
    ['sender', 'receiver'],
    order,
  )
  return [{ name: 'cross-thread', unit: 'messages/s', value: order.messages! / seconds }]
}

if (!isMainThread) {
  const { part, port, order } = workerData as Start<Part, Sizes>
  if (part === 'receiver') receive(port, order.messages!)
  else parentPort!.postMessage(await lastRound(port, order))
}

function receive(port: MessagePort, messages: number): void {
  let left = messages
  port.on('message', () => {
    if (--left > 0) return
    left = messages
    port.postMessage('all')
  })
}

async function lastRound(port: MessagePort, { rounds = 1, messages = 0, burst = 1 }: Sizes): Promise<number> {
  let seconds = 0
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    const all = new Promise((resolve) => port.once('message', resolve))
    await sendInBursts(port, messages, burst)
    await all
    seconds = (performance.now() - started) / 1_000
  }
  return seconds
}

/** A sender that never returns to its event loop would be no program anyone runs. */
async function sendInBursts(port: MessagePort, messages: number, burst: number): Promise<void> {
  for (let sent = 0; sent < messages; sent++) {
    if (sent % burst === 0) await turn()
    port.postMessage(makeMessage())
  }
}
