/** Moves an element of a list of a draft, so that it is at `to` afterwards. */
export function move(list: unknown[], from: number, to: number): void {
  const [element] = list.splice(from, 1)
  list.splice(to, 0, element)
}
