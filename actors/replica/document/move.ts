import { moveInDraft } from './draft-list.ts'
import { InvalidValueError } from './errors.ts'

/**
 * Moves an element of a list of a draft so that it is at `to` afterwards. A map, a list or a text stays the same to
 * all replicas: what others write into it at the same time is kept, and when two move it at once it ends in one of
 * both places. A scalar, such as a string or a counter, is nothing but its value, which is taken out and put in
 * again: two who move it at once have it twice.
 *
 * Throws InvalidValueError where the list has no such elements.
 */
export function move(list: unknown[], from: number, to: number): void {
  for (const index of [from, to])
    if (!Number.isInteger(index) || index < 0 || index >= list.length)
      throw new InvalidValueError(`a list of ${list.length} has no element [${index}]`)
  if (from === to || moveInDraft(list, from, to)) return
  list.splice(to, 0, ...list.splice(from, 1))
}
