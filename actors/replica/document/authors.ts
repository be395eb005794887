/**
 * Who made the edits of a change and what for: several edits become one change, whose message lists them as
 * compact JSON, `{"v":1,"by":[["/user/agent-1","moved the deadline",3]]}`: author, message or null, operations.
 */
export type Attribution = [author: string, message: string | null, operations: number]

export class Authors {
  #by = new Map<string, Attribution>()

  add(author: string, message: string | null, operations: number): void {
    const key = message === null ? author : `${author}\u0000${message}`
    const entry = this.#by.get(key)
    if (entry === undefined) this.#by.set(key, [author, message, operations])
    else entry[2] += operations
  }

  /** The message of a change, and forgets it. */
  take(): string {
    const by = [...this.#by.values()]
    this.#by.clear()
    return JSON.stringify({ v: 1, by })
  }
}
