/**
 * What a system is started with: completed with defaults and checked, before anything runs.
 */
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InvalidOptionError } from '../protocols/errors.ts'
import { checkInteger, completeLimits, type Limits } from '../protocols/limits.ts'
import type { LogLevel, Service, SystemOptions } from './actor/types.ts'
import { checkLogLevel } from './telemetry/log.ts'
import { DEFAULT_POOL, type PoolMap } from './threads/placement.ts'
import { MAX_THREADS } from './threads/pulses.ts'

export interface Settings {
  name: string
  modules: string[]
  /** Whether classes may be used that no module exports: where one thread hosts all and no module is named. */
  open: boolean
  pools: PoolMap
  maxHeapMb: Readonly<Record<string, number | undefined>>
  /** Of the pools that have a limit of their own. */
  stallMs: Readonly<Record<string, number>>
  dataDir: string
  logLevel: LogLevel
  logFile: string | undefined
  limits: Limits
  services: Service[]
  development: boolean
  seed: number
  signals: boolean
}

const NAMES: readonly (keyof SystemOptions)[] = [
  'name',
  'modules',
  'threads',
  'pools',
  'dataDir',
  'logLevel',
  'logFile',
  'limits',
  'services',
  'development',
  'seed',
  'signals',
]

/** Throws InvalidOptionError that names the option and says what it may be. */
export function completeOptions(given: SystemOptions): Settings {
  for (const name of Object.keys(given))
    if (!NAMES.includes(name as keyof SystemOptions))
      throw new InvalidOptionError(`there is no option "${name}"; the options are ${NAMES.join(', ')}`)
  const { name = 'neuroplex', logLevel = 'info', services = [], seed } = given
  for (const option of ['name', 'dataDir', 'logFile'] as const) checkText(option, given[option])
  for (const option of ['development', 'signals'] as const) checkFlag(option, given[option])
  for (const option of ['modules', 'services'] as const) checkList(option, given[option])
  checkLogLevel(logLevel)
  if (seed !== undefined) checkInteger('seed', seed, 0)
  const { pools, maxHeapMb, stallMs } = layOutThreads(given)
  const modules = [...(given.modules ?? []), ...services.flatMap((service) => service.modules ?? [])].map(
    moduleUrl,
  )
  return {
    name,
    modules: [...new Set(modules)],
    open:
      (given.modules ?? []).length === 0 &&
      Object.values(pools)
        .flat()
        .every((thread) => thread === 0),
    pools,
    maxHeapMb,
    stallMs,
    dataDir: resolve(given.dataDir ?? '.neuroplex'),
    logLevel,
    logFile: given.logFile,
    limits: completeLimits(given.limits),
    services,
    development: given.development === true,
    seed: seed ?? Math.floor(Math.random() * 2 ** 32),
    signals: given.signals !== false,
  }
}

/** Numbers the threads: 0 is the one that starts the system, the pools follow one after the other. */
function layOutThreads({
  threads,
  pools = {},
}: SystemOptions): Pick<Settings, 'pools' | 'maxHeapMb' | 'stallMs'> {
  const own = threads ?? pools[DEFAULT_POOL]?.threads ?? Math.max(1, availableParallelism() - 1)
  checkInteger('threads', own, 0, MAX_THREADS - 1)
  const numbers: Record<string, number[]> = { [DEFAULT_POOL]: own === 0 ? [0] : range(1, own) }
  const maxHeapMb: Record<string, number | undefined> = {}
  const stallMs: Record<string, number> = {}
  let next = own + 1
  for (const [name, pool] of Object.entries(pools)) {
    if (pool.maxHeapMb !== undefined) checkInteger(`pools.${name}.maxHeapMb`, pool.maxHeapMb, 8)
    maxHeapMb[name] = pool.maxHeapMb
    if (pool.stallMs !== undefined) {
      checkInteger(`pools.${name}.stallMs`, pool.stallMs, 1)
      stallMs[name] = pool.stallMs
    }
    if (name === DEFAULT_POOL) continue
    checkInteger(`pools.${name}.threads`, pool.threads, 1, MAX_THREADS - next)
    numbers[name] = range(next, pool.threads)
    next += pool.threads
  }
  return { pools: numbers, maxHeapMb, stallMs }
}

function checkText(option: string, value: unknown): void {
  if (value !== undefined && (typeof value !== 'string' || value === ''))
    throw new InvalidOptionError(`${option} has to be a text that is not empty, not ${String(value)}`)
}

function checkFlag(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean')
    throw new InvalidOptionError(`${option} has to be true or false, not ${String(value)}`)
}

function checkList(option: string, value: unknown): void {
  if (value !== undefined && !Array.isArray(value))
    throw new InvalidOptionError(`${option} has to be a list, not ${String(value)}`)
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i)
}

function moduleUrl(module: string | URL): string {
  if (module instanceof URL) return module.href
  if (typeof module !== 'string' || module === '')
    throw new InvalidOptionError(
      `a module has to be a file URL, as import.meta.resolve('./my-actors.ts') gives, not ${String(module)}`,
    )
  return /^[a-z][a-z0-9+.-]+:/i.test(module) ? module : pathToFileURL(module).href
}
