/** Which rule settles the conflicts of which paths. */
import { InvalidOptionError } from '../../../protocols/errors.ts'
import type { Path } from './conflict.ts'
import { Pattern } from './pattern.ts'
import { highest } from './policies/highest.ts'
import { keepAll } from './policies/keep-all.ts'
import { lastWriter } from './policies/last-writer.ts'
import { lowest } from './policies/lowest.ts'
import { manual } from './policies/manual.ts'
import { union } from './policies/union.ts'
import type { Policy } from './policy.ts'
import { askResolver, type Resolver } from './resolver.ts'

export type PolicyName = 'last-writer' | 'highest' | 'lowest' | 'union' | 'keep-all' | 'manual'

/**
 * Policies, or resolvers of one's own, by patterns of paths. Where several match, the one that names more from
 * the left is followed; where none does, it is 'last-writer'. All replicas of a document need the same rules.
 *
 * @example { 'plan/owner': 'manual', 'plan/tags': 'union', 'votes/**': 'highest' }
 */
export type ConflictRules = Readonly<Record<string, PolicyName | Resolver>>

/** Rules of one document; each conflict is held against all of them. */
const MAX_RULES = 200

const POLICIES: readonly Policy[] = [lastWriter, highest, lowest, union, keepAll, manual]

interface Rule {
  readonly pattern: Pattern
  readonly policy: Policy
}

export class RuleBook {
  readonly #rules: readonly Rule[]

  /** Throws InvalidOptionError that names what can't be followed, and why. */
  constructor(rules: ConflictRules = {}) {
    if (typeof rules !== 'object' || rules === null || Array.isArray(rules))
      throw new InvalidOptionError(
        `the rules for conflicts have to be an object from patterns of paths to policies`,
      )
    const entries = Object.entries(rules)
    if (entries.length > MAX_RULES)
      throw new InvalidOptionError(
        `a document has at most ${MAX_RULES} rules for conflicts, not ${entries.length}`,
      )
    this.#rules = entries
      .map(([text, rule]) => ({ pattern: new Pattern(text), policy: policyOf(text, rule) }))
      .sort((a, b) => a.pattern.compare(b.pattern))
  }

  policyFor(path: Path): Policy {
    return this.#rules.find(({ pattern }) => pattern.matches(path))?.policy ?? lastWriter
  }
}

function policyOf(pattern: string, rule: PolicyName | Resolver): Policy {
  if (typeof rule === 'function')
    return { name: `resolver ${pattern}`, settle: (values, path) => askResolver(rule, values, path) }
  const policy = POLICIES.find(({ name }) => name === rule)
  if (policy) return policy
  const names = POLICIES.map(({ name }) => name).join(', ')
  throw new InvalidOptionError(
    `the rule for ${JSON.stringify(pattern)} has to be one of ${names}, or a function, not ${JSON.stringify(rule)}`,
  )
}
