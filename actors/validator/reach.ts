/** How programs and actors reach the validators of their node. */
import {
  ActorGoneError,
  type ActorRef,
  type Asks,
  AskTimeoutError,
  Refused,
  type Scope,
  type SupervisorRef,
  ThreadLocal,
  ThreadLostError,
} from '../../runtime/index.ts'
import { NotFinalError, ValidatorsMissingError } from './errors.ts'
import { LOCAL_PATH } from './places.ts'
import type { ValidatorActor } from './validator.ts'

/** An answer that does not come in this time is asked of another validator. */
const PATIENCE_MS = 5_000
/** Between two rounds over all validators. */
const PAUSE_MS = 50

const REACH = new ThreadLocal(() => new Reach())

export function reachOf(scope: Scope): Reach {
  return REACH.of(scope)
}

export class Reach {
  #validators: readonly ActorRef<ValidatorActor>[] = []
  #next = 0

  /** One of them; each call another one, so that the work is shared. */
  async any(scope: Scope): Promise<ActorRef<ValidatorActor>> {
    const all = await this.#all(scope)
    return all[this.#next++ % all.length]!
  }

  /**
   * Asks one validator after the other until one answers. What is asked has to be the same if it is done twice.
   * Rejects with what a validator refuses, or with NotFinalError after `timeoutMs`. One that does not answer within
   * `patienceMs` is passed over.
   */
  async ask<T>(
    scope: Scope,
    timeoutMs: number,
    question: (ask: Asks<ValidatorActor>) => Promise<T>,
    patienceMs = PATIENCE_MS,
  ): Promise<T> {
    return this.#repeat({ timeoutMs, patienceMs }, () => this.any(scope), question)
  }

  /** The same, where some may lack what others have: rejects with Refused once all have been asked in vain. */
  async find<T>(
    scope: Scope,
    timeoutMs: number,
    question: (ask: Asks<ValidatorActor>) => Promise<T>,
  ): Promise<T> {
    const { length } = await this.#all(scope)
    for (let refusals = 1; ; refusals++) {
      try {
        return await this.ask(scope, timeoutMs, question)
      } catch (error) {
        // Others ask meanwhile, so that the same one may be asked twice.
        if (!(error instanceof Refused) || refusals === 2 * length) throw error
      }
    }
  }

  /** The same of each of them. */
  async everyone<T>(
    scope: Scope,
    timeoutMs: number,
    question: (ask: Asks<ValidatorActor>) => Promise<T>,
  ): Promise<T[]> {
    const all = await this.#all(scope)
    return Promise.all(
      all.map((validator) =>
        this.#repeat({ timeoutMs, patienceMs: PATIENCE_MS }, async () => validator, question),
      ),
    )
  }

  async #repeat<T>(
    { timeoutMs, patienceMs }: { readonly timeoutMs: number; readonly patienceMs: number },
    choose: () => Promise<ActorRef<ValidatorActor>>,
    question: (ask: Asks<ValidatorActor>) => Promise<T>,
  ): Promise<T> {
    const end = performance.now() + timeoutMs
    for (;;) {
      const left = end - performance.now()
      if (left <= 0)
        throw new NotFinalError(
          `it is not final after ${timeoutMs} ms: look with \`neuroplex chain\` whether validators are missing, or give it more time`,
        )
      const validator = await choose()
      try {
        return await question(validator.within(Math.max(1, Math.min(left, patienceMs))).ask)
      } catch (error) {
        if (!isTransient(error)) throw error
        await this.lookAgain()
      }
    }
  }

  /** After a while, for the validators that are there then. */
  async lookAgain(): Promise<void> {
    this.#validators = []
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }

  async #all(scope: Scope): Promise<readonly ActorRef<ValidatorActor>[]> {
    if (this.#validators.length > 0) return this.#validators
    const local = (await scope.lookup(LOCAL_PATH)) as SupervisorRef | undefined
    const children = (await local?.children()) ?? []
    if (children.length === 0)
      throw new ValidatorsMissingError(
        'this system has no validators; start it with ActorSystem.start({ services: [validators()] })',
      )
    this.#validators = children.map(({ ref }) => ref as unknown as ActorRef<ValidatorActor>)
    return this.#validators
  }
}

/** The validator is not there at the moment, or did not answer in time. */
export function isTransient(error: unknown): boolean {
  if (error instanceof Refused) return error.message === STARTING
  return (
    error instanceof AskTimeoutError || error instanceof ActorGoneError || error instanceof ThreadLostError
  )
}

/** What a validator says that can't answer yet. */
export const STARTING = 'the validator is starting; ask again'
