/**
 * Paths as they are shown and as the engine has them: the indexes in them differ where elements of lists are
 * moved. The engine has to be at the state that is shown.
 */
import { ListNode } from './list-node.ts'
import type { MapNode } from './map-node.ts'
import type { Mirror } from './mirror.ts'
import type { Node, Step } from './node.ts'

export interface Paths {
  /** What is shown at a path of the engine; undefined where that is not shown. */
  shownPath(path: readonly Step[]): readonly Step[] | undefined
  /** Where the engine has what is shown at a path. */
  enginePath(path: readonly Step[]): readonly Step[]
}

/** Of a document in which nothing is ever moved. */
export const SAME_PATHS: Paths = { shownPath: (path) => path, enginePath: (path) => path }

export function shownPath(mirror: Mirror, path: readonly Step[]): readonly Step[] | undefined {
  const shown = translated(mirror, path, (list, index) => list.shownIndexOf(index))
  return shown.includes(-1) ? undefined : shown
}

export function enginePath(mirror: Mirror, path: readonly Step[]): readonly Step[] {
  return translated(mirror, path, (list, index) => list.engineIndexOf(index), true)
}

/** @param fromShown whether the path is one that is shown */
function translated(
  mirror: Mirror,
  path: readonly Step[],
  indexOf: (list: ListNode, index: number) => number,
  fromShown = false,
): Step[] {
  let node: Node | undefined = mirror.root
  return path.map((step) => {
    const here = node as MapNode | ListNode | undefined
    node = fromShown ? here?.child?.(step as never) : here?.engineChild?.(step as never)
    return here instanceof ListNode ? indexOf(here, step as number) : step
  })
}
