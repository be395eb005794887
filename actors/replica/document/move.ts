import { InvalidValueError } from './errors.ts'

/**
 * Takes an element out of a list of a draft and puts it in again, so that it is at `to` afterwards. What moves is a
 * copy: when two replicas move the same element at once it is there twice afterwards, and what another replica
 * writes into the element at the same time is lost. Where that matters, keep the records in a map by their ids, with
 * the place in a field of each, as a number that can always lie between those of two others.
 *
 * Throws InvalidValueError where the list has no such elements.
 */
export function move(list: unknown[], from: number, to: number): void {
  for (const index of [from, to])
    if (!Number.isInteger(index) || index < 0 || index >= list.length)
      throw new InvalidValueError(`a list of ${list.length} has no element [${index}]`)
  if (from === to) return
  const [element] = list.splice(from, 1)
  list.splice(to, 0, element)
}
