/** The name of a child under its supervisor: given, or the serial of one spawned without a name. */
export type ChildKey = string | number

/**
 * Which children to restart.
 *
 * @param order all children in the order in which they were started
 * @param failed those that failed, in the same order; more than one where they share a lost thread
 * @returns those to restart, in start order; they are stopped in reverse before
 */
export type Strategy = <Child>(order: readonly Child[], failed: readonly Child[]) => readonly Child[]
