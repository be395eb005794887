/**
 * Many calls in one transaction, so that they share the wait for the disk, and yet each with a result
 * of its own.
 *
 * A call that fails is undone alone, by its savepoint. Where the transaction as a whole fails, which is
 * what a full disk does, each of its calls is tried again in one of its own: what fits is kept.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** A transaction ends early once its results are this large, so that a few large loads don't pile up. */
const RESULT_BYTES = 16 * 1024 * 1024

/** @returns how many bytes its result has */
export type Job = () => number

export class GroupCommit {
  readonly #sql: DatabaseSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  readonly #mark: StatementSync
  readonly #keep: StatementSync
  readonly #undo: StatementSync
  #committing = false

  constructor(sql: DatabaseSync) {
    this.#sql = sql
    this.#begin = sql.prepare('BEGIN')
    this.#commit = sql.prepare('COMMIT')
    this.#rollback = sql.prepare('ROLLBACK')
    this.#mark = sql.prepare('SAVEPOINT call')
    this.#keep = sql.prepare('RELEASE call')
    this.#undo = sql.prepare('ROLLBACK TO call')
  }

  /**
   * Runs jobs from the front of the list, in order, and returns for each that was run what it threw, or
   * undefined once its effect is durable. At least one is run.
   */
  run(jobs: readonly Job[]): (Failure | undefined)[] {
    try {
      return this.#together(jobs)
    } catch (error) {
      if (this.#sql.isTransaction) this.#rollback.run()
      if (jobs.length === 1) return [{ error, committing: this.#committing }]
      return jobs.flatMap((job) => this.run([job]))
    }
  }

  #together(jobs: readonly Job[]): (Failure | undefined)[] {
    this.#committing = false
    const failures: (Failure | undefined)[] = []
    let resultBytes = 0
    this.#begin.run()
    for (const job of jobs) {
      this.#mark.run()
      try {
        resultBytes += job()
      } catch (error) {
        // Some errors have ended the transaction already, and with it the calls before.
        if (!this.#sql.isTransaction) throw error
        this.#undo.run()
        failures.push({ error, committing: false })
        this.#keep.run()
        continue
      }
      this.#keep.run()
      failures.push(undefined)
      if (resultBytes > RESULT_BYTES) break
    }
    this.#committing = true
    this.#commit.run()
    return failures
  }
}

export interface Failure {
  readonly error: unknown
  /** Whether it was the commit that failed, so that the effect may be there after a restart. */
  readonly committing: boolean
}
