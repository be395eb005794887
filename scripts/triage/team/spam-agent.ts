import { Agent } from '../../../actors/agent/agent.ts'
import { infer, learn } from '../../../actors/agent/infer.ts'
import type { Inference } from '../../../actors/agent/inference.ts'
import type { Classification, Example } from '../../../actors/agent/model.ts'
import type { ActorRef } from '../../../runtime/index.ts'
import type { Mail } from '../mail/parse.ts'
import { CLASSES, labelOf } from '../members.ts'
import { logOdds } from '../vote.ts'
import type { Rehearsal } from './models.ts'

/** A mail together with what it is. */
export interface Lesson {
  readonly mail: Mail
  readonly spam: boolean
}

/** For one opinion. The model may just be on its way back from a restart. */
const THINK_MS = 20_000

/**
 * A member of the committee: an agent that looks at a mail from one side and says how likely it is spam.
 *
 *     mail ─▶ perceive: its view of the mail ─▶ think: ask the model ─▶ act: give the opinion
 *
 * It goes to school first: `study` the lessons, in as many portions as one likes, then `learn`.
 */
export abstract class SpamAgent<View, Input> extends Agent<Mail, View, number, number> {
  readonly #model: ActorRef<Inference<Input, Classification>>
  #lessons: Example<Input, string>[] = []

  /** @param model the actor that hosts the model of this member */
  constructor(model: ActorRef<Inference<Input, Classification>>) {
    super()
    this.#model = model
  }

  /** Forgets all lessons, for a school that begins anew. */
  forget(): void {
    this.#lessons = []
  }

  /** Takes in lessons and gives how many there are now. */
  async study(lessons: readonly Lesson[]): Promise<number> {
    const inputs = await Promise.all(lessons.map(({ mail }) => this.represent(this.perceive(mail))))
    for (const [i, { spam }] of lessons.entries())
      this.#lessons.push({ input: inputs[i]!, label: labelOf(spam) })
    return this.#lessons.length
  }

  /** Has the model learn from all lessons, and gives honest opinions on them from its rehearsal. */
  async learn(): Promise<readonly number[]> {
    const rehearsal = await learn(this.#model, this.#lessons)
    this.#lessons = []
    return (rehearsal as Rehearsal).opinions
  }

  protected abstract override perceive(mail: Mail): View

  /** A view in the form in which the model takes it. */
  protected abstract represent(view: View): Input | Promise<Input>

  /** The log-odds for spam. */
  protected override async think(view: View): Promise<number> {
    const input = await this.represent(view)
    const { probabilities } = await infer(this.#model, input, { timeoutMs: THINK_MS })
    return logOdds(probabilities[CLASSES.indexOf('spam')]!)
  }

  protected override act(opinion: number): number {
    return opinion
  }
}
