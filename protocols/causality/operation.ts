/** What causal delivery has to know of an operation: which one it is, and after which others it comes. */
import { InvalidOperationError } from '../errors.ts'
import { isNodeId } from './node-id.ts'

/** The operation with the number `counter`, from 1 on, of a node. It comes after all of the node with lower numbers. */
export interface OperationId {
  readonly node: string
  readonly counter: number
}

export interface CausalOperation {
  readonly id: OperationId
  /** Those that have to be applied before it; its node's own earlier ones need not be named. */
  readonly dependencies: readonly OperationId[]
}

/** Throws InvalidOperationError for what a peer must not have sent. */
export function checkOperation(operation: CausalOperation, maxDependencies: number): void {
  const { id, dependencies } = operation
  checkId(id)
  checkDependencies(dependencies, maxDependencies)
  for (const { node, counter } of dependencies)
    if (node === id.node && counter >= id.counter)
      throw new InvalidOperationError(
        `operation ${textOf(id)} depends on ${counter === id.counter ? 'itself' : 'a later one of its own node'}`,
      )
}

/** Throws InvalidOperationError unless these are names of operations, and not too many. */
export function checkDependencies(dependencies: readonly OperationId[], max: number): void {
  if (!Array.isArray(dependencies))
    throw new InvalidOperationError('the dependencies of an operation have to be a list of ids')
  if (dependencies.length > max)
    throw new InvalidOperationError(
      `an operation names ${dependencies.length} dependencies, more than limits.dependencies, ${max}; where it needs them, raise the limit on every node`,
    )
  for (const id of dependencies) checkId(id)
}

function checkId(id: OperationId | undefined): void {
  if (!isNodeId(id?.node) || !Number.isSafeInteger(id?.counter) || id!.counter < 1)
    throw new InvalidOperationError(
      `the id of an operation has to be { node, counter } with a counter of 1 or more, not ${JSON.stringify(id)}`,
    )
}

export function textOf({ node, counter }: OperationId): string {
  return `${node}:${counter}`
}
