/** Two workers with a port between them: what two actors on two threads have. */
import { once } from 'node:events'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'

/** How each of the two workers is started: with its part, and its end of the channel. */
export interface Start<Part extends string, Order> {
  readonly part: Part
  readonly port: MessagePort
  readonly order: Order
}

/** Starts both parts from one file, and resolves with the first message of the part named first. */
export async function playParts<Part extends string, Order, Result>(
  file: URL,
  [first, second]: readonly [Part, Part],
  order: Order,
): Promise<Result> {
  const { port1, port2 } = new MessageChannel()
  const other = new Worker(file, startWith({ part: second, port: port2, order }))
  const worker = new Worker(file, startWith({ part: first, port: port1, order }))
  const [result] = await once(worker, 'message')
  await Promise.all([worker.terminate(), other.terminate()])
  return result as Result
}

function startWith<Part extends string, Order>(start: Start<Part, Order>) {
  return { workerData: start, transferList: [start.port] }
}
