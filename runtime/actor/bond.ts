/**
 * The bond between an actor's instance and its cell, made while the instance is constructed.
 */
import type { Cell } from './cell.ts'

const CELL = Symbol('neuroplex.cell')

/** The cell that an actor under construction will belong to. */
let constructing: Cell | undefined

/** Makes the instance of a cell; its constructor finds the cell without the class having to pass it on. */
export function construct<A>(type: new (...args: never[]) => A, args: readonly unknown[], cell: Cell): A {
  constructing = cell
  try {
    return args.length === 0 ? new type() : new type(...(args as never[]))
  } finally {
    constructing = undefined
  }
}

/** To be called by the base class; throws TypeError where no cell is waiting. */
export function bond(actor: object, actorClass: { name: string }): void {
  if (constructing === undefined)
    throw new TypeError(
      `${actorClass.name} was made with "new": actors are made by spawn, for instance system.spawn(${actorClass.name})`,
    )
  ;(actor as { [CELL]?: Cell })[CELL] = constructing
  constructing = undefined
}

export function cellOf(actor: object): Cell {
  return (actor as { [CELL]: Cell })[CELL]
}
