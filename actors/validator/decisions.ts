/**
 * Decisions for agents: what was decided under a topic, the same and in the same order for everyone, final with the
 * signatures of validators that hold more than two thirds of the stake.
 */
import { randomFillSync } from 'node:crypto'
import {
  BEFORE_ALL,
  decidedAlready,
  decisionTransaction,
  MAX_DECISION_BYTES,
  MAX_TOPIC_BYTES,
  NONCE_BYTES,
  type Place,
} from '../../protocols/consensus/state/decisions.ts'
import type { Certificate, FinalityProof, PublicKey } from '../../protocols/consensus/types.ts'
import { Refused, type Scope } from '../../runtime/index.ts'
import { DecisionsPrunedError, InvalidDecisionError, TransactionRefusedError } from './errors.ts'
import type { DecidedBlock } from './following.ts'
import { finalityAt, shownBy, submitOnce } from './once.ts'
import { isTransient, reachOf } from './reach.ts'

export interface Decision<V = unknown> {
  readonly topic: string
  readonly value: V
  /** Of the block that holds it. */
  readonly height: number
  /** Among all transactions of the block. */
  readonly index: number
  /** What shows the block to be final: the header of it and of those after it, up to the one that was certified. */
  readonly headers: FinalityProof['headers']
  readonly certificate: Certificate
}

/** A decision as it is followed: of old ones the certificate may no longer be kept. */
export interface FollowedDecision<V = unknown> extends Omit<Decision<V>, 'headers' | 'certificate'> {
  /** The validator whose key brought it in. */
  readonly sender: PublicKey
  readonly headers?: FinalityProof['headers']
  readonly certificate?: Certificate
}

export interface DecideOptions {
  /** Milliseconds after which NotFinalError rejects; default 30,000. */
  timeoutMs?: number
  /**
   * The same value is decided once under its topic, whoever asks for it and however often, as long as the decision is
   * kept: for work that is done again when it was lost. By default each call is a decision of its own.
   */
  once?: boolean
}

export interface FollowOptions {
  /** Goes on behind this decision in place of the oldest that is kept. */
  after?: Place
}

export interface Decisions {
  /**
   * Has a value decided under a topic; resolves once that is final, exactly once in the log however often a validator
   * is lost meanwhile.
   *
   * Rejects with InvalidDecisionError for a value that is no JSON or is too large, with NotFinalError when time is up,
   * and with ValidatorsMissingError.
   *
   * @param topic up to 128 bytes
   * @param value anything that JSON can hold, up to 64 KiB of it
   */
  decide<V>(topic: string, value: V, options?: DecideOptions): Promise<Decision<V>>
  /**
   * All decisions under a topic in their one order: first those that are kept, then each as soon as it is final. It
   * ends when its reader does. Throws DecisionsPrunedError where those behind `after` are no longer kept.
   */
  follow<V = unknown>(topic: string, options?: FollowOptions): AsyncIterableIterator<FollowedDecision<V>>
  /**
   * The bytes that prove a decision to anyone who has the genesis document, as `neuroplex verify` reads them. Rejects
   * with ProofGoneError when its block is no longer kept.
   */
  prove(decision: Pick<Decision, 'height' | 'index'>): Promise<Uint8Array>
}

const DECIDE_MS = 30_000
/** With the same nonce the same value is the same decision. */
const ONCE = new Uint8Array(NONCE_BYTES)
/** A follower that hears nothing looks whether its validator is still there. */
const QUIET_MS = 30_000

/** @param scope the system, or an actor's context */
export function decisions(scope: Scope): Decisions {
  const reach = reachOf(scope)
  return {
    async decide<V>(topic: string, value: V, { timeoutMs = DECIDE_MS, once = false }: DecideOptions = {}) {
      const transaction = decisionTransaction(
        checkTopic(topic),
        encodeValue(value),
        once ? ONCE : randomFillSync(new Uint8Array(NONCE_BYTES)),
      )
      const { height, index, outcome, finality: shown } = await submitOnce(scope, transaction, timeoutMs)
      if (outcome.ok) return { topic, value, height, index, ...shown }
      const place = decidedAlready(outcome.reason)
      if (place === undefined) throw new TransactionRefusedError(outcome.reason)
      // Another caller has asked for it before.
      const finality = await finalityAt(scope, place.height, timeoutMs)
      return { topic, value, ...place, ...finality }
    },
    follow: <V>(topic: string, options: FollowOptions = {}) =>
      follow<V>(scope, checkTopic(topic), options.after ?? BEFORE_ALL),
    prove: ({ height, index }) => shownBy(reach.find(scope, DECIDE_MS, (ask) => ask.prove(height, index))),
  }
}

async function* follow<V>(
  scope: Scope,
  topic: string,
  after: Place,
): AsyncGenerator<FollowedDecision<V>, void, undefined> {
  let place = after
  const reach = reachOf(scope)
  for (;;) {
    const validator = await reach.any(scope)
    try {
      for await (const block of validator.within(QUIET_MS).stream.follow(topic, place))
        for (const decision of shown<V>(block)) {
          place = { height: decision.height, index: decision.index }
          yield decision
        }
    } catch (error) {
      if (error instanceof Refused && !isTransient(error))
        throw new DecisionsPrunedError(`${error.message}: follow without \`after\`, or begin behind them`)
      if (!isTransient(error)) throw error
      await reach.lookAgain()
    }
  }
}

function* shown<V>({ decisions: block, finality }: DecidedBlock): Generator<FollowedDecision<V>> {
  for (const { topic, value, sender, height, index } of block)
    yield { topic, value: decodeValue<V>(value), sender, height, index, ...finality }
}

function checkTopic(topic: string): string {
  const bytes = typeof topic === 'string' ? Buffer.byteLength(topic) : 0
  if (bytes > 0 && bytes <= MAX_TOPIC_BYTES && topic.isWellFormed()) return topic
  throw new InvalidDecisionError(`a topic is a text of 1 to ${MAX_TOPIC_BYTES} bytes`)
}

function encodeValue(value: unknown): Uint8Array {
  const bytes = Buffer.from(jsonOf(value))
  if (bytes.length <= MAX_DECISION_BYTES) return new Uint8Array(bytes)
  throw new InvalidDecisionError(
    `the value has ${bytes.length} bytes as JSON, more than ${MAX_DECISION_BYTES}: decide a hash of it, and keep the value elsewhere`,
  )
}

function jsonOf(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch (cause) {
    throw new InvalidDecisionError(`the value can't be written as JSON: ${(cause as Error).message}`, {
      cause,
    })
  }
  if (text === undefined)
    throw new InvalidDecisionError(`the value can't be written as JSON: it is ${typeof value}`)
  return text
}

function decodeValue<V>(bytes: Uint8Array): V {
  const text = Buffer.from(bytes).toString()
  try {
    return JSON.parse(text) as V
  } catch {
    // Other clients of the chain may write what they like.
    return text as V
  }
}
