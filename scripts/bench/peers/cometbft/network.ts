/**
 * Validators of CometBFT on this machine, each a process with a data folder of its own, whose log of votes and blocks
 * waits for the disk. Their built-in application keeps keys and values in memory.
 *
 * What is set otherwise than by default makes them faster here: no pause after a block, gossip without pauses, no
 * limit on what peers send each other, nothing indexed, nothing checked twice.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { run } from '../../execute.ts'

export interface NetworkOptions {
  readonly program: string
  readonly validators: number
  /** Transactions in a block. */
  readonly maxTransactions: number
  /** Between blocks without transactions; 0 makes them one after the other. */
  readonly idleMs: number
}

interface Validator {
  readonly home: string
  readonly id: string
  readonly peerPort: number
  readonly clientPort: number
}

const START_MS = 30_000
/** What the clock of a process counts in. */
const TICKS_PER_SECOND = 100

export class Network {
  readonly #folder: string
  readonly #processes: readonly ChildProcess[]
  /** Where each validator takes the calls of clients. */
  readonly urls: readonly string[]

  private constructor(folder: string, validators: readonly Validator[], processes: readonly ChildProcess[]) {
    this.#folder = folder
    this.#processes = processes
    this.urls = validators.map(({ clientPort }) => `http://127.0.0.1:${clientPort}`)
  }

  /** Resolves when the first blocks are final. */
  static async start(options: NetworkOptions): Promise<Network> {
    const { program, validators: count } = options
    const folder = await mkdtemp(resolve('cometbft-'))
    const places = ['--o', folder, '--starting-ip-address', '127.0.0.1']
    await run(program, ['testnet', '--v', `${count}`, ...places, '--populate-persistent-peers=false'])
    const ports = await freePorts(2 * count)
    const validators: Validator[] = []
    for (let i = 0; i < count; i++) {
      const home = join(folder, `node${i}`)
      const id = (await run(program, ['show-node-id', '--home', home])).trim()
      validators.push({ home, id, peerPort: ports[2 * i]!, clientPort: ports[2 * i + 1]! })
    }
    for (const validator of validators) await configure(validator, validators, options)
    const processes = validators.map(({ home }) => {
      const log = openSync(join(home, 'log'), 'w')
      return spawn(program, ['node', '--home', home], { stdio: ['ignore', log, log] })
    })
    const network = new Network(folder, validators, processes)
    process.once('exit', () => network.#kill())
    await network.#started()
    return network
  }

  /** Milliseconds that all processes have spent on processors. */
  cpuMs(): number {
    let ticks = 0
    for (const { pid } of this.#processes) {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
      ticks += Number(fields[11]) + Number(fields[12])
    }
    return (ticks * 1_000) / TICKS_PER_SECOND
  }

  async stop(): Promise<void> {
    const gone = this.#processes.map((child) => new Promise((done) => child.once('exit', done)))
    this.#kill()
    await Promise.all(gone)
    await rm(this.#folder, { recursive: true, force: true })
  }

  #kill(): void {
    for (const child of this.#processes) child.kill('SIGKILL')
  }

  async #started(): Promise<void> {
    const end = performance.now() + START_MS
    while (performance.now() < end) {
      const height = await heightAt(this.urls[0]!).catch(() => 0)
      if (height >= 2) return
      await pause(100)
    }
    throw new Error(`CometBFT has no blocks after ${START_MS} ms`)
  }
}

async function heightAt(url: string): Promise<number> {
  const answer = (await (await fetch(`${url}/status`)).json()) as {
    result: { sync_info: { latest_block_height: string } }
  }
  return Number(answer.result.sync_info.latest_block_height)
}

async function configure(own: Validator, all: readonly Validator[], options: NetworkOptions): Promise<void> {
  const { maxTransactions, idleMs } = options
  const peers = all.filter((one) => one !== own).map(({ id, peerPort }) => `${id}@127.0.0.1:${peerPort}`)
  const path = join(own.home, 'config', 'config.toml')
  let text = await readFile(path, 'utf8')
  const set = (section: string, values: Record<string, string | number | boolean>) => {
    text = withValues(text, section, values)
  }
  set('', { proxy_app: 'kvstore', log_level: 'error' })
  set('rpc', {
    laddr: `tcp://127.0.0.1:${own.clientPort}`,
    max_body_bytes: 20_000_000,
    max_request_batch_size: 10_000,
  })
  set('p2p', {
    laddr: `tcp://127.0.0.1:${own.peerPort}`,
    persistent_peers: peers.join(','),
    flush_throttle_timeout: '2ms',
    send_rate: 512_000_000,
    recv_rate: 512_000_000,
    pex: false,
  })
  set('mempool', { recheck: false, size: 200_000, cache_size: 400_000 })
  set('consensus', {
    timeout_propose: '1s',
    timeout_prevote: '500ms',
    timeout_precommit: '500ms',
    timeout_commit: '0s',
    skip_timeout_commit: true,
    peer_gossip_sleep_duration: '2ms',
    create_empty_blocks_interval: `${idleMs}ms`,
  })
  set('tx_index', { indexer: 'null' })
  await writeFile(path, text)
  await setBlockLimits(join(own.home, 'config', 'genesis.json'), maxTransactions)
}

/** Each transaction counts as one unit of gas. */
async function setBlockLimits(path: string, maxTransactions: number): Promise<void> {
  const genesis = JSON.parse(await readFile(path, 'utf8'))
  genesis.consensus_params.block = { max_bytes: '1048576', max_gas: `${maxTransactions}` }
  genesis.consensus_params.evidence.max_bytes = '65536'
  await writeFile(path, JSON.stringify(genesis))
}

/** Sets fields that are there already; '' stands for what comes before the first section. */
function withValues(
  text: string,
  section: string,
  values: Record<string, string | number | boolean>,
): string {
  const from = section === '' ? 0 : text.indexOf(`\n[${section}]`)
  if (from < 0) throw new Error(`CometBFT's configuration has no section "${section}"`)
  const next = text.indexOf('\n[', from + 1)
  const to = next < 0 ? text.length : next
  let part = text.slice(from, to)
  for (const [name, value] of Object.entries(values)) {
    const line = new RegExp(`^${name} = .*$`, 'm')
    if (!line.test(part)) throw new Error(`CometBFT's configuration has no field "${section}.${name}"`)
    part = part.replace(line, `${name} = ${JSON.stringify(value)}`)
  }
  return text.slice(0, from) + part + text.slice(to)
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
  return ports
}
