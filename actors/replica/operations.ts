/**
 * Operations as the specification has them, for those who don't edit a draft: what to do, where, with
 * which value.
 */
import { type ErrorDetails, NeuroplexError } from '../../protocols/errors.ts'
import { move } from './document/move.ts'
import { Counter, Text } from './document/values.ts'

export type Step = string | number

/** Where an operation takes place. */
export interface Position {
  /**
   * From the root to what is inserted, deleted, updated or moved: keys of maps and indices of lists. For an
   * insertion the last step is the index before which the value goes, or `-1` for the end.
   */
  readonly path: readonly Step[]
  /** Where a moved element is to be afterwards. */
  readonly to?: number
}

export interface Operation {
  readonly type: 'insert' | 'delete' | 'update' | 'move'
  readonly position: Position
  readonly value?: unknown
}

/** An operation names a place that the document does not have. */
export class UnknownPathError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('UNKNOWN_PATH', message, details)
  }
}

/** An operation can't be done on what is there. */
export class ImpossibleOperationError extends NeuroplexError {
  constructor(message: string, details?: ErrorDetails) {
    super('IMPOSSIBLE_OPERATION', message, details)
  }
}

/** Does the operations on a draft, in order. Throws at the first that can't be done. */
export function applyOperations(draft: object, operations: readonly Operation[]): void {
  for (const operation of operations) apply(draft, operation)
}

function apply(draft: object, operation: Operation): void {
  const path = operation.position?.path
  if (!Array.isArray(path) || path.length === 0)
    throw new ImpossibleOperationError('an operation needs a position with a path that is not empty')
  const place = path.at(-1) as Step
  const container = path
    .slice(0, -1)
    .reduce<unknown>((inside, step, at) => stepInto(inside, step, path.slice(0, at + 1)), draft)
  switch (operation.type) {
    case 'insert':
      return insert(container, place, operation)
    case 'delete':
      return remove(container, place, operation)
    case 'update':
      return update(container, place, operation)
    case 'move':
      return moveTo(container, place, operation)
    default:
      throw new ImpossibleOperationError(
        `there is no operation "${String((operation as Operation).type)}"; choose from insert, delete, update, move`,
      )
  }
}

function insert(container: unknown, place: Step, { position, value }: Operation): void {
  if (container instanceof Text) {
    container.insert(indexIn(container.length, place, position.path, 1), String(value))
    return
  }
  if (Array.isArray(container)) {
    container.splice(indexIn(container.length, place, position.path, 1), 0, value)
    return
  }
  const map = mapAt(container, position.path)
  if (Object.hasOwn(map, place))
    throw new ImpossibleOperationError(`${shown(position.path)} is there already; update it instead`)
  map[place] = value
}

function remove(container: unknown, place: Step, { position }: Operation): void {
  if (container instanceof Text) container.delete(indexIn(container.length, place, position.path, 0))
  else if (Array.isArray(container)) container.splice(indexIn(container.length, place, position.path, 0), 1)
  else {
    const map = mapAt(container, position.path)
    checkThere(map, place, position.path)
    delete map[place]
  }
}

function update(container: unknown, place: Step, { position, value }: Operation): void {
  if (Array.isArray(container)) {
    container[indexIn(container.length, place, position.path, 0)] = value
    return
  }
  const map = mapAt(container, position.path)
  const present = map[place]
  // What several count on together is counted up, so that nobody's step is lost.
  if (present instanceof Counter && typeof value === 'number') present.increment(value - present.value)
  else map[place] = value
}

function moveTo(container: unknown, place: Step, { position }: Operation): void {
  if (!Array.isArray(container))
    throw new ImpossibleOperationError(
      `${shown(position.path)} is no element of a list, which alone can be moved`,
    )
  const from = indexIn(container.length, place, position.path, 0)
  move(container, from, indexIn(container.length, position.to ?? -1, position.path, 0))
}

function stepInto(inside: unknown, step: Step, path: readonly Step[]): unknown {
  const there =
    typeof inside === 'object' && inside !== null && Object.hasOwn(inside, step)
      ? (inside as Record<Step, unknown>)[step]
      : undefined
  if (there === undefined) throw new UnknownPathError(`there is no ${shown(path)}`)
  return there
}

/** @param beyond 1 where the index may also be the one behind the last */
function indexIn(length: number, place: Step, path: readonly Step[], beyond: 0 | 1): number {
  const index = place === -1 ? length - 1 + beyond : place
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= length + beyond)
    throw new UnknownPathError(`there is no ${shown(path)}: it has ${length} elements`)
  return index
}

function mapAt(container: unknown, path: readonly Step[]): Record<Step, unknown> {
  if (typeof container !== 'object' || container === null || container instanceof Counter)
    throw new ImpossibleOperationError(`${shown(path.slice(0, -1))} is no map, list or text`)
  return container as Record<Step, unknown>
}

function checkThere(map: object, place: Step, path: readonly Step[]): void {
  if (!Object.hasOwn(map, place)) throw new UnknownPathError(`there is no ${shown(path)}`)
}

function shown(path: readonly Step[]): string {
  return JSON.stringify(path.join('/'))
}
