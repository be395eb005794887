/** `node main.ts <cometbft> <workload> size=...`: the work of a consensus workload, done by CometBFT. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Figure, printFigures, readSizes, type Sizes } from '../../figure.ts'
import { offer, sustain } from '../../finality-load.ts'
import { clientOf } from './client.ts'
import { Network } from './network.ts'

/** Transactions on their way at a time; what is fastest is told, because it slows down when too many wait. */
const WINDOWS = [1_000, 2_000, 4_000]
const MAX_TRANSACTIONS = 1_000
/** Transactions in one call. */
const BATCH = 100
const LATENCY_BATCH = 10

const [program, workload, ...given] = process.argv.slice(2)
const sizes = readSizes(given)
const network = await Network.start({
  program: program!,
  validators: sizes.validators!,
  maxTransactions: MAX_TRANSACTIONS,
  idleMs: workload === 'consensus-idle' ? 2_000 : 0,
})
try {
  printFigures(await measure())
} finally {
  await network.stop()
}
// What is still sent or heard keeps nobody.
process.exit()

function measure(): Promise<Figure[]> {
  if (workload === 'consensus') return throughput(sizes)
  if (workload === 'consensus-latency') return latency(sizes)
  if (workload === 'consensus-idle') return idle(sizes)
  throw new RangeError(`there is no workload "${workload}" here`)
}

async function throughput({ bytes, warmSeconds, seconds }: Sizes): Promise<Figure[]> {
  const client = await clientOf(network, bytes!)
  let best = { rate: 0, cpuUs: 0 }
  let warmMs = warmSeconds! * 1_000
  for (const inFlight of WINDOWS) {
    const one = await sustain(client, { batch: BATCH, warmMs, ms: (seconds! * 1_000) / 2, inFlight })
    if (one.rate > best.rate) best = one
    warmMs = 500
  }
  return [
    { name: 'consensus', unit: 'tx/s', value: best.rate },
    { name: 'consensus CPU', unit: 'µs', value: best.cpuUs },
  ]
}

async function latency({ bytes, rate, warmSeconds, seconds }: Sizes): Promise<Figure[]> {
  const client = await clientOf(network, bytes!)
  const times = { batch: LATENCY_BATCH, warmMs: warmSeconds! * 1_000, ms: seconds! * 1_000 }
  const { p50, p99 } = await offer(client, { ...times, rate: rate! })
  return [
    { name: 'finality p50', unit: 'ms', value: p50 },
    { name: 'finality p99', unit: 'ms', value: p99 },
  ]
}

async function idle({ seconds }: Sizes): Promise<Figure[]> {
  await pause(2_000)
  const before = network.cpuMs()
  const started = performance.now()
  await pause(seconds! * 1_000)
  const value = ((network.cpuMs() - before) / (performance.now() - started)) * 100
  return [{ name: 'idle CPU of 4 validators', unit: '% of one core', value }]
}
