/** The options of `neuroplex run`, and what the system is told by them. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InvalidArgumentError } from 'commander'
import { completeLimits, type Limits } from '../../../protocols/limits.ts'
import type { LogLevel, PoolOptions, SystemOptions } from '../../actor/types.ts'
import { DEFAULT_DATA_DIR } from '../../telemetry/control-path.ts'
import { UsageError } from '../errors.ts'
import type { NodeOptions } from '../program.ts'

export interface RunOptions extends NodeOptions {
  supervised?: boolean
  name?: string
  threads?: number
  pool?: Record<string, PoolOptions>
  module?: string[]
  logLevel?: LogLevel
  logFile?: string
  stallMs?: number
  limit?: Partial<Limits>
  development?: boolean
  restarts: number
  within: number
  heartbeatLimitMs: number
}

const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'silent']

/** What the system is started with. Throws UsageError for a module that is not there. */
export function systemOptions(rootModule: string, options: RunOptions): SystemOptions {
  const limits = { ...options.limit, ...(options.stallMs === undefined ? {} : { stallMs: options.stallMs }) }
  return {
    name: options.name,
    modules: [rootModule, ...(options.module ?? [])].map(moduleUrl),
    threads: options.threads,
    pools: options.pool,
    dataDir: options.dataDir ?? DEFAULT_DATA_DIR,
    logLevel: options.logLevel,
    logFile: options.logFile,
    limits,
    development: options.development,
    signals: false,
  }
}

/** The file URL of a module given by its path. */
export function moduleUrl(path: string): string {
  const file = resolve(path)
  if (!existsSync(file))
    throw new UsageError(`there is no file ${file}; give the path of a module, for instance ./agents.ts`)
  return pathToFileURL(file).href
}

export function logLevel(text: string): LogLevel {
  if (LOG_LEVELS.includes(text as LogLevel)) return text as LogLevel
  throw new InvalidArgumentError(`Give one of ${LOG_LEVELS.join(', ')}.`)
}

/** Reads `name=threads` or `name=threads:megabytes` and adds it to the pools before. */
export function pool(text: string, before: Record<string, PoolOptions> = {}): Record<string, PoolOptions> {
  const [, name, threads, maxHeapMb] = /^([a-z][\w-]*)=(\d{1,4})(?::(\d{1,7}))?$/i.exec(text) ?? []
  if (name === undefined || Number(threads) < 1)
    throw new InvalidArgumentError(
      'Give a name and a number of threads, for instance inference=2, or inference=2:512 with 512 MB of heap each.',
    )
  return {
    ...before,
    [name]: { threads: Number(threads), ...(maxHeapMb && { maxHeapMb: Number(maxHeapMb) }) },
  }
}

/** Reads `name=value` and adds it to the limits before. */
export function limit(text: string, before: Partial<Limits> = {}): Partial<Limits> {
  const [, name, value] = /^(\w+)=(\d+)$/.exec(text) ?? []
  if (name === undefined)
    throw new InvalidArgumentError('Give a name and a whole number, for instance mailboxSize=1000.')
  const limits = { ...before, [name]: Number(value) }
  try {
    completeLimits(limits)
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`)
  }
  return limits
}

/** Collects an option that may be given several times. */
export function several(text: string, before: string[] = []): string[] {
  return [...before, text]
}
