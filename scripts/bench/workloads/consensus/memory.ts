/**
 * Whether memory stays as it is over a million transactions. All runs on one thread, so that the heap is that of all
 * validators. Needs `node --expose-gc`.
 */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Figure } from '../../figure.ts'
import type { Chain } from '../../finality-load.ts'
import { onChain, senderTo } from './chain.ts'

export interface MemorySizes {
  readonly [name: string]: number
  readonly validators: number
  readonly bytes: number
  readonly perEnvelope: number
  readonly transactions: number
  /** The first place is where memory is flat from. */
  readonly every: number
  readonly inFlight: number
  /** Blocks of an epoch, at whose end there is a snapshot. */
  readonly epoch: number
}

interface Memory {
  readonly heap: number
  readonly resident: number
  readonly disk: number
}

export async function run(sizes: MemorySizes): Promise<Figure[]> {
  const { validators, bytes, perEnvelope, transactions, every, inFlight, epoch } = sizes
  const options = {
    count: validators,
    threads: 0,
    storage: 'embedded',
    genesis: { epoch_length: epoch },
  } as const
  return onChain(options, async (system, folder) => {
    const sender = await senderTo(system, { clients: 16, bytes, perEnvelope, signed: 0 })
    const seen: Memory[] = []
    for (let sent = 0; sent < transactions; sent += every) {
      await send(sender, { count: every, perEnvelope, inFlight })
      seen.push(await memoryNow(folder))
    }
    const [first, ...later] = seen
    const grown = (of: keyof Memory) => Math.max(...later.map((one) => one[of] - first![of])) / 1e6
    return [
      { name: 'consensus heap growth', unit: 'MB', value: grown('heap') },
      { name: 'consensus RSS growth', unit: 'MB', value: grown('resident') },
      { name: 'consensus RSS', unit: 'MB', value: seen.at(-1)!.resident / 1e6 },
      { name: 'consensus files', unit: 'MB', value: seen.at(-1)!.disk / 1e6 },
    ]
  })
}

interface SendOptions {
  readonly count: number
  readonly perEnvelope: number
  readonly inFlight: number
}

async function send(chain: Chain, { count, perEnvelope, inFlight }: SendOptions): Promise<void> {
  let sent = 0
  let done = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  const fill = () => {
    while (sent < count && sent - done < inFlight) {
      sent += perEnvelope
      chain.send(perEnvelope, (more) => {
        done += more
        if (done >= count) resolve()
        else fill()
      })
    }
  }
  fill()
  await promise
}

async function memoryNow(folder: string): Promise<Memory> {
  for (let i = 0; i < 3; i++) {
    await pause(200)
    globalThis.gc?.()
  }
  const { heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed, resident: rss, disk: await bytesIn(folder) }
}

async function bytesIn(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  const sizes = files
    .filter((file) => file.isFile())
    // It may have been deleted meanwhile.
    .map((file) =>
      stat(join(file.parentPath, file.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
