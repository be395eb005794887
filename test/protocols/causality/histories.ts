/** Made-up histories of operations, and the causal order by its definition. */
import fc from 'fast-check'
import type { CausalOperation, OperationId } from '../../../protocols/causality/operation.ts'

export const id = (node: string, counter: number): OperationId => ({ node, counter })

/** `operation('a', 2, 'b:1')`: the second of a, after the first of b. */
export function operation(node: string, counter: number, ...dependencies: string[]): CausalOperation {
  return { id: id(node, counter), dependencies: dependencies.map(idOf) }
}

export const text = ({ node, counter }: OperationId) => `${node}:${counter}`

export function idOf(name: string): OperationId {
  const [node, counter] = name.split(':')
  return id(node!, Number(counter))
}

/** Operations of up to six nodes, in an order in which each comes after all that it depends on. */
export const histories = fc
  .array(fc.record({ node: fc.nat(5), after: fc.array(fc.nat(), { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  .map((steps) => {
    const history: CausalOperation[] = []
    const counts = new Map<string, number>()
    for (const { node: number, after } of steps) {
      const node = `n${number}`
      const counter = (counts.get(node) ?? 0) + 1
      counts.set(node, counter)
      const dependencies = history.length === 0 ? [] : after.map((at) => history[at % history.length]!.id)
      history.push({ id: id(node, counter), dependencies })
    }
    return history
  })

/** All that has to come before each operation, by the definition and without any clock. */
export function pasts(history: readonly CausalOperation[]): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>()
  for (const { id: own, dependencies } of history) {
    const past = new Set<string>()
    const direct = own.counter > 1 ? [...dependencies, id(own.node, own.counter - 1)] : dependencies
    for (const name of direct.map(text)) {
      past.add(name)
      for (const earlier of all.get(name)!) past.add(earlier)
    }
    all.set(text(own), past)
  }
  return all
}
