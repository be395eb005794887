/** Runs a user's resolver, and makes sure that all replicas can rely on what it says. */
import { type Data, describe, importValue } from '../document/data.ts'
import { DOCUMENT_LIMITS } from '../document/limits.ts'
import { sameValue } from '../versions/same.ts'
import type { Candidate, ConflictValue, Path } from './conflict.ts'
import { ImpureResolverError, ResolverFailedError } from './errors.ts'
import { type Outcome, shownOf } from './policy.ts'

/**
 * Given the values of a conflict by the ids of their operations, the shown one last, and its path, gives the
 * value that takes their place. The same values must give the same value on every replica and at any time: no
 * clock, no chance, nothing from elsewhere, and the same code everywhere. What it gets can't be changed.
 */
export type Resolver = (values: readonly ConflictValue[], path: Path) => unknown

/** Throws ImpureResolverError or ResolverFailedError. */
export function askResolver(resolver: Resolver, values: readonly Candidate[], path: Path): Outcome {
  const first = ask(resolver, values, path)
  const second = ask(resolver, values, path)
  if (!sameValue(first, second))
    throw new ImpureResolverError(
      `${describe(path)}: the resolver gave two values for the same conflict; it must depend on nothing but what it is given`,
    )
  const shown = shownOf(values)
  return sameValue(first, shown.value) ? { kind: 'keep', value: shown } : { kind: 'write', value: first }
}

function ask(resolver: Resolver, values: readonly Candidate[], path: Path): Data {
  try {
    const copies = values.map(({ op, value, hash, actor, authors }) =>
      Object.freeze({ op, value: copyOf(value), hash, actor, authors: Object.freeze([...authors]) }),
    )
    const result = resolver(Object.freeze(copies), Object.freeze([...path]))
    return importValue(result, path, DOCUMENT_LIMITS, { operations: 0, bytes: 0 })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ResolverFailedError(`${describe(path)}: the resolver failed: ${why}`, { cause })
  }
}

/** What is frozen is shared; dates and bytes can't be frozen and are copied, wherever they are. */
function copyOf(value: unknown): unknown {
  if (value instanceof Date) return new Date(value)
  if (value instanceof Uint8Array) return value.slice()
  if (Array.isArray(value)) return Object.freeze(value.map(copyOf))
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part)])))
}
