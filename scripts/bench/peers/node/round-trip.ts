/** A message from worker to worker and its answer, one at a time. */
import { isMainThread, type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { Figure, Sizes } from '../../figure.ts'
import { percentile } from '../../statistics.ts'
import { playParts, type Start } from './two-workers.ts'

type Part = 'asker' | 'answerer'

export async function run(order: Sizes): Promise<Figure[]> {
  const micros = await playParts<Part, Sizes, Float64Array>(
    new URL(import.meta.url),
    ['asker', 'answerer'],
    order,
  )
  return [
    { name: 'cross-thread ask p50', unit: 'µs', value: percentile(micros, 0.5) },
    { name: 'cross-thread ask p99', unit: 'µs', value: percentile(micros, 0.99) },
  ]
}

if (!isMainThread) {
  const { part, port, order } = workerData as Start<Part, Sizes>
  if (part === 'answerer') answer(port)
  else parentPort!.postMessage(await askAll(port, order.asks!))
}

function answer(port: MessagePort): void {
  let total = 0
  port.on('message', ({ ask, args: [number] }: { ask: number; args: [number] }) =>
    port.postMessage({ ask, result: (total += number) }),
  )
}

/** The first fifth is not counted: until then the code is being compiled. */
async function askAll(port: MessagePort, asks: number): Promise<Float64Array> {
  let answered = () => {}
  port.on('message', () => answered())
  const micros = new Float64Array(asks)
  for (let ask = -asks / 5; ask < asks; ask++) {
    const started = performance.now()
    await new Promise<void>((resolve) => {
      answered = resolve
      port.postMessage({ to: 7, method: 'add', ask, args: [1] })
    })
    if (ask >= 0) micros[ask] = (performance.now() - started) * 1_000
  }
  return micros
}
