/**
 * How a router chooses among its routees. One file for each way, all with these verbs.
 */

/** What a router is about to send: which handler is called, with what. */
export interface Call {
  readonly method: string
  readonly args: readonly unknown[]
}

export interface Strategy {
  /** The routee for a call, as its place in the list. */
  choose(call: Call): number
  /** A call that somebody waits for has gone to a routee. */
  began(routee: number): void
  /** That call has ended, one way or another. */
  ended(routee: number): void
}
