/**
 * A container of a document in memory. Its data is plain JavaScript and is at the same time what views show:
 * once it has been handed out it is frozen, and the next write goes to a copy, of it and of what contains it.
 *
 * Nodes are made only for containers that are read or written through a draft or changed from elsewhere. What
 * the engine calls a container is looked up when something is written into it for the first time.
 */
import type { Data } from './data.ts'
import type { Mirror } from './mirror.ts'

export type Step = string | number

/** What has been done to a slot since the last commit: replaced, or only counted up by so much. */
export interface Pending {
  replaced: boolean
  counted: number
}

export abstract class Node {
  readonly mirror: Mirror
  /** The container around it; null for the root, and for what has been taken out of the document. */
  parent: Container | null
  /** Where it lies in there; in a list only a first guess. */
  place: Step
  /** Its name in the engine, once something had to be written into it. */
  id: string | null = null
  /** Not known to the engine yet: it will be written whole, as part of the value that it belongs to. */
  fresh: boolean
  /** The draft that stands for it. */
  draft: object | null = null

  constructor(mirror: Mirror, parent: Container | null, place: Step, fresh: boolean) {
    this.mirror = mirror
    this.parent = parent
    this.place = place
    this.fresh = fresh
    if (fresh) mirror.born(this)
  }

  /** Its data, which must not be written to; see `own`. */
  abstract readonly data: Data

  /** Forgets what is pending, because it has been written. */
  abstract settle(): void

  /** Enters it into the list of what there is to commit. */
  touch(): void {
    let node: Node = this
    for (let parent = node.parent; parent !== null; parent = node.parent) {
      if (parent.touched.has(node)) return
      parent.touched.add(node)
      node = parent
    }
  }

  path(): Step[] {
    const path: Step[] = []
    let node: Node = this
    for (let parent = node.parent; parent !== null; parent = node.parent) {
      path.push(parent.placeOf(node))
      node = parent
    }
    return path.reverse()
  }

  /** Whether it is still a part of the document. */
  get attached(): boolean {
    let node: Node = this
    while (node.parent !== null) node = node.parent
    return node === this.mirror.root
  }
}

export abstract class Container extends Node {
  /** Nodes within it that have something to commit, or contain one that has. */
  readonly touched = new Set<Node>()

  /** Where a node within it lies at present. */
  abstract placeOf(child: Node): Step

  /** Where the engine has it, which in a list can be another index. */
  abstract enginePlaceOf(child: Node): Step

  /** The node of what lies there, if that is a container. */
  abstract child(place: Step): Node | undefined

  /** The node of what the engine has there; undefined where that is not shown. */
  abstract engineChild(place: Step): Node | undefined

  /** Puts the copy of a child's data in the place of what has been handed out. */
  abstract adopt(child: Node, data: Data): void
}
