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

export interface Job {
  /** @returns how many bytes its result has */
  readonly run: () => number
  /** Whether it only reads, so that it needs no transaction when it is alone. */
  readonly reads: boolean
}

/** What became of a job: nothing but its result, or this. */
export interface Failure {
  readonly error: unknown
  /** Whether it was the commit that failed, so that the effect may be there after a restart. */
  readonly committing: boolean
}

type Outcome = Failure | undefined

export class GroupCommit {
  readonly #sql: DatabaseSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #rollback: StatementSync
  readonly #mark: StatementSync
  readonly #keep: StatementSync
  readonly #undo: StatementSync

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
  run(jobs: readonly Job[]): Outcome[] {
    if (jobs.length === 1) return [this.#alone(jobs[0]!)]
    try {
      return this.#together(jobs)
    } catch {
      this.#end()
      return jobs.map((job) => this.#alone(job))
    }
  }

  #together(jobs: readonly Job[]): Outcome[] {
    const outcomes: Outcome[] = []
    let resultBytes = 0
    this.#begin.run()
    for (const job of jobs) {
      this.#mark.run()
      try {
        resultBytes += job.run()
        outcomes.push(undefined)
      } catch (error) {
        // Some errors have ended the transaction already, and with it the calls before.
        if (!this.#sql.isTransaction) throw error
        this.#undo.run()
        outcomes.push({ error, committing: false })
      }
      this.#keep.run()
      if (resultBytes > RESULT_BYTES) break
    }
    this.#commit.run()
    return outcomes
  }

  #alone({ run, reads }: Job): Outcome {
    let committing = false
    try {
      // A transaction that has read a damaged page can't be committed, even if nothing was written.
      if (!reads) this.#begin.run()
      run()
      committing = !reads
      if (!reads) this.#commit.run()
      return undefined
    } catch (error) {
      this.#end()
      return { error, committing }
    }
  }

  #end(): void {
    if (this.#sql.isTransaction) this.#rollback.run()
  }
}
