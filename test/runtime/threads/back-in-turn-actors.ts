import { Actor, type ActorRef } from '../../../runtime/index.ts'

export class Answerer extends Actor {
  /** Keeps its thread for a moment, so that others are back before it. */
  override async onStart(): Promise<void> {
    await this.context.sleep(100)
  }

  answer(): string {
    return 'here'
  }
}

export class Asker extends Actor {
  readonly #answerer: ActorRef<Answerer>

  constructor(answerer: ActorRef<Answerer>) {
    super()
    this.#answerer = answerer
  }

  ask(): Promise<string> {
    return this.#answerer.ask.answer()
  }
}

/** Ends its thread, as a crash of native code would. */
export class Saboteur extends Actor {
  strike(): void {
    process.exit(1)
  }
}
