/** The three members: what each sees of a mail. */
import { infer } from '../../../actors/agent/infer.ts'
import type { Inference } from '../../../actors/agent/inference.ts'
import type { Classification } from '../../../actors/agent/model.ts'
import { hashFeatures } from '../../../actors/agent/models/features.ts'
import type { SparseVector } from '../../../actors/agent/models/network.ts'
import type { ActorRef } from '../../../runtime/index.ts'
import type { Mail } from '../mail/parse.ts'
import { HEADERS_BUCKETS, WORDS_BUCKETS } from '../members.ts'
import { headerFeatures } from '../views/headers.ts'
import { meaningText } from '../views/meaning.ts'
import { wordFeatures } from '../views/words.ts'
import { SpamAgent } from './spam-agent.ts'

/** Many texts wait for the encoder while the meaning member learns. */
const ENCODE_MS = 60_000

/** Looks at the words, the links and the make of the body. */
export class WordsAgent extends SpamAgent<SparseVector, SparseVector> {
  protected override perceive(mail: Mail): SparseVector {
    return hashFeatures(wordFeatures(mail), WORDS_BUCKETS)
  }

  protected override represent(view: SparseVector): SparseVector {
    return view
  }
}

/** Looks at how the mail was made and sent. */
export class HeadersAgent extends SpamAgent<SparseVector, SparseVector> {
  protected override perceive(mail: Mail): SparseVector {
    return hashFeatures(headerFeatures(mail), HEADERS_BUCKETS)
  }

  protected override represent(view: SparseVector): SparseVector {
    return view
  }
}

/** Looks at what the first sentences mean; a second model, the encoder, turns them into a vector. */
export class MeaningAgent extends SpamAgent<string, Float32Array> {
  readonly #encoder: ActorRef<Inference<string, Float32Array>>

  constructor(
    model: ActorRef<Inference<Float32Array, Classification>>,
    encoder: ActorRef<Inference<string, Float32Array>>,
  ) {
    super(model)
    this.#encoder = encoder
  }

  protected override perceive(mail: Mail): string {
    return meaningText(mail)
  }

  protected override represent(text: string): Promise<Float32Array> {
    return infer(this.#encoder, text, { timeoutMs: ENCODE_MS })
  }
}
