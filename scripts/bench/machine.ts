/** Where the figures come from; without it they say nothing. */
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'

export interface Machine {
  readonly cores: number
  readonly cpu: string
  readonly memoryGiB: number
  readonly os: string
  readonly node: string
  readonly v8: string
  /** Load over the last minute before the first run: above 0 another program has taken its share. */
  readonly loadBefore: number
  /** The versions of the peers that took part, by their names. */
  readonly peers: Readonly<Record<string, string>>
}

export function describeMachine(peers: Readonly<Record<string, string>>): Machine {
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()} ${arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    loadBefore: loadavg()[0] ?? 0,
    peers,
  }
}

export function machineLines(machine: Machine): string[] {
  const peers = Object.entries(machine.peers).map(([name, version]) => `${name}: ${version}`)
  return [
    `${machine.cores} cores (${machine.cpu}), ${machine.memoryGiB} GiB, ${machine.os}, load before ${machine.loadBefore.toFixed(2)}`,
    [`Node ${machine.node} (V8 ${machine.v8})`, ...peers].join(' · '),
  ]
}
