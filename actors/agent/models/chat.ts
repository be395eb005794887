/**
 * A language model behind any server that speaks the OpenAI chat protocol: a hosted one, or vLLM,
 * llama.cpp, Ollama and the like on the own machine. The AI SDK does the talking; it is optional and
 * loaded at the first use.
 */
import { ModelUnavailableError } from '../errors.ts'
import type { Model } from '../model.ts'
import { asModelError } from './chat-errors.ts'
import { boundedFetch } from './chat-fetch.ts'
import { checkedSchema, importSdk, type JsonSchema, type ObjectSchema, type Sdk } from './chat-sdk.ts'

/** One message of a conversation. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** What the model is asked: a single message of a user, or a conversation. */
export type ChatInput = string | readonly ChatMessage[]

export interface ChatModelOptions<T = string> {
  /** Where the server's API begins, for example `http://localhost:11434/v1`. */
  readonly baseURL: string
  /** The server's name for the model. */
  readonly model: string
  /** The environment variable that holds the key, so that the key itself stays out of options and logs. */
  readonly apiKeyVariable?: string
  /** What the model is told before every conversation. */
  readonly instructions?: string
  /** When given, the answer is an object of this schema. */
  readonly schema?: JsonSchema | ObjectSchema<T>
  /** For one answer, from request to last byte. */
  readonly timeoutMs?: number
  readonly maxOutputTokens?: number
  /** An answer that is larger is given up, whatever the server promised. */
  readonly maxAnswerBytes?: number
  readonly temperature?: number
  readonly seed?: number
  /** Requests under way at the same time. */
  readonly concurrency?: number
  /** How often a request is sent again when the server is busy or gone; the time limit holds for all together. */
  readonly retries?: number
  /** False for servers that know no `json_schema` response format; they are asked for `json_object`. */
  readonly structured?: boolean
}

/** What a language model answered. */
export interface ChatAnswer<T> {
  /** The text, or the object when a schema was given. */
  readonly value: T
  /** The text as it came. */
  readonly text: string
  /** Why it ended: `stop`, `length`, … */
  readonly finishReason: string
  /** Tokens as the server counts them; 0 when it does not say. */
  readonly inputTokens: number
  readonly outputTokens: number
}

const DEFAULTS = {
  timeoutMs: 60_000,
  maxOutputTokens: 1_024,
  maxAnswerBytes: 4 * 1024 * 1024,
  concurrency: 4,
  retries: 0,
  structured: true,
}

type Settings<T> = ChatModelOptions<T> & typeof DEFAULTS
interface Loaded {
  readonly sdk: Sdk
  readonly model: import('ai').LanguageModel
  readonly output: ReturnType<Sdk['Output']['object']> | undefined
}

/**
 * Asks a language model, and gives text or typed objects.
 *
 * `infer` rejects with the signal's reason when it is aborted, and with ModelTimeoutError,
 * ModelFailedError (the server's status in `status`), ModelAnswerError (not of the schema) or
 * ModelUnavailableError. One failure gives up the whole batch, and its other requests are cancelled.
 *
 * @example
 * const model = new ChatModel({ baseURL: 'http://localhost:11434/v1', model: 'llama3', schema: z.object({ spam: z.boolean() }) })
 * const [answer] = await model.infer(['Is this spam? …'], AbortSignal.timeout(10_000))
 */
export class ChatModel<T = string> implements Model<ChatInput, ChatAnswer<T>> {
  readonly #settings: Settings<T>
  #loading: Promise<Loaded> | undefined

  constructor(options: ChatModelOptions<T>) {
    this.#settings = { ...DEFAULTS, ...options }
  }

  /** Loads the AI SDK; does not talk to the server. */
  async load(): Promise<void> {
    await this.#loaded()
  }

  async infer(inputs: readonly ChatInput[], signal: AbortSignal): Promise<ChatAnswer<T>[]> {
    signal.throwIfAborted()
    const loaded = await this.#loaded()
    const giveUp = new AbortController()
    const either = AbortSignal.any([signal, giveUp.signal])
    const answers: ChatAnswer<T>[] = new Array(inputs.length)
    const queue = inputs.entries()
    const work = async (): Promise<void> => {
      for (const [i, input] of queue) answers[i] = await this.#ask(loaded, input, either)
    }
    try {
      await Promise.all(Array.from({ length: Math.min(this.#settings.concurrency, inputs.length) }, work))
    } catch (error) {
      giveUp.abort(error)
      throw signal.aborted ? signal.reason : error
    }
    return answers
  }

  close(): void {
    this.#loading = undefined
  }

  async #ask(loaded: Loaded, input: ChatInput, signal: AbortSignal): Promise<ChatAnswer<T>> {
    const { timeoutMs, maxOutputTokens, temperature, seed, retries, instructions } = this.#settings
    signal.throwIfAborted()
    const timer = AbortSignal.timeout(timeoutMs)
    try {
      const result = await loaded.sdk.generateText({
        model: loaded.model,
        ...promptOf(input, instructions),
        ...(loaded.output && { output: loaded.output }),
        maxOutputTokens,
        temperature,
        seed,
        maxRetries: retries,
        abortSignal: AbortSignal.any([signal, timer]),
      })
      return {
        value: (loaded.output ? result.output : result.text) as T,
        text: result.text,
        finishReason: result.finishReason,
        inputTokens: result.usage.inputTokens ?? 0,
        outputTokens: result.usage.outputTokens ?? 0,
      }
    } catch (error) {
      signal.throwIfAborted()
      throw asModelError(error, {
        timedOut: timer.aborted,
        timeoutMs,
        model: this.#settings.model,
        sdk: loaded.sdk,
      })
    }
  }

  /** A failed load is forgotten, so that the next call tries again. */
  #loaded(): Promise<Loaded> {
    this.#loading ??= load(this.#settings).catch((error: unknown) => {
      this.#loading = undefined
      throw error
    })
    return this.#loading
  }
}

/** System messages in the conversation come from the caller and join the instructions. */
function promptOf(
  input: ChatInput,
  instructions: string | undefined,
): { instructions?: string; messages: { role: 'user' | 'assistant'; content: string }[] } {
  const conversation: readonly ChatMessage[] =
    typeof input === 'string' ? [{ role: 'user', content: input }] : input
  const told = [
    instructions,
    ...conversation.filter((each) => each.role === 'system').map((each) => each.content),
  ].filter(Boolean)
  const messages = conversation.flatMap(({ role, content }) => (role === 'system' ? [] : [{ role, content }]))
  return told.length === 0 ? { messages } : { instructions: told.join('\n\n'), messages }
}

async function load<T>(settings: Settings<T>): Promise<Loaded> {
  const key = settings.apiKeyVariable === undefined ? undefined : process.env[settings.apiKeyVariable]
  if (settings.apiKeyVariable !== undefined && !key) {
    throw new ModelUnavailableError(
      `The environment variable ${settings.apiKeyVariable} with the key of ${settings.baseURL} is not set.`,
    )
  }
  const [sdk, { createOpenAICompatible }] = await importSdk()
  const provider = createOpenAICompatible({
    name: 'openai-compatible',
    baseURL: settings.baseURL,
    supportsStructuredOutputs: settings.structured,
    fetch: boundedFetch(settings.maxAnswerBytes),
    ...(key && { apiKey: key }),
  })
  const output = settings.schema && sdk.Output.object({ schema: await checkedSchema(sdk, settings.schema) })
  return { sdk, model: provider(settings.model), output }
}
