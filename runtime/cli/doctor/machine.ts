/** Examines what the operating system gives to this process: Node, cores, memory, descriptors. */
import { readFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { nodeVersionProblem } from '../../node-version.ts'
import { formatBytes, plural } from '../format.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import { DOCTOR_LIMITS as LIMITS } from './limits.ts'

export function examineNode(version = process.versions.node): Finding {
  const message = `Node ${version}`
  const problem = nodeVersionProblem(version)
  return problem === undefined ? ok('node', message) : fail('node', message, problem)
}

export function examineCores(cores = availableParallelism(), quota = cpuQuota()): Finding {
  const usable = Math.min(cores, quota ?? cores)
  const limited =
    quota !== undefined && quota < cores ? `, limited to ${quota.toFixed(1)} by its control group` : ''
  const message = `${plural(cores, 'core')}${limited}`
  if (usable >= LIMITS.goodCores) return ok('cores', message)
  return warn(
    'cores',
    message,
    `threads take turns; give it ${LIMITS.goodCores} cores or more, or run with --threads 1`,
  )
}

export function examineMemory(total = totalmem(), limit = memoryLimit(total)): Finding {
  const usable = limit ?? total
  const where =
    limit === undefined ? '' : ` (the limit of its control group; the machine has ${formatBytes(total)})`
  const message = `${formatBytes(usable)} of memory${where}`
  const advice = `give it ${formatBytes(LIMITS.goodMemoryBytes)} or more, or bound each thread's heap with --pool`
  if (usable < LIMITS.minMemoryBytes) return fail('memory', message, advice)
  return usable < LIMITS.goodMemoryBytes ? warn('memory', message, advice) : ok('memory', message)
}

export function examineOpenFiles(limit = openFileLimit()): Finding {
  if (limit === undefined) return ok('open-files', 'no limit of open files is known on this system')
  const message = limit === Number.POSITIVE_INFINITY ? 'any number of open files' : `${limit} open files`
  const advice = `raise the limit with \`ulimit -n ${LIMITS.goodOpenFiles}\`, or LimitNOFILE= in a systemd unit`
  if (limit < LIMITS.minOpenFiles) return fail('open-files', message, advice)
  return limit < LIMITS.goodOpenFiles ? warn('open-files', message, advice) : ok('open-files', message)
}

/** Cores that the control group grants, from version 2 or 1 of its files; undefined where it sets no limit. */
function cpuQuota(): number | undefined {
  const [quota, period] = (read('/sys/fs/cgroup/cpu.max') ?? '').trim().split(' ').map(Number)
  if (quota && period) return quota / period
  const oldQuota = Number(read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us') ?? Number.NaN)
  const oldPeriod = Number(read('/sys/fs/cgroup/cpu/cpu.cfs_period_us') ?? Number.NaN)
  return oldQuota > 0 && oldPeriod > 0 ? oldQuota / oldPeriod : undefined
}

/** A limit above the machine's memory is none. */
function memoryLimit(total: number): number | undefined {
  for (const file of ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes']) {
    const limit = Number(read(file) ?? Number.NaN)
    if (limit > 0 && limit < total) return limit
  }
  return undefined
}

/** The soft limit, which is the one that opening a file meets. */
function openFileLimit(): number | undefined {
  const line = read('/proc/self/limits')?.match(/^Max open files\s+(\S+)/m)?.[1]
  if (line === undefined) return undefined
  return line === 'unlimited' ? Number.POSITIVE_INFINITY : Number(line)
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
