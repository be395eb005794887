/** Takes threads away from the validators that live on them. */
import { Actor } from '../../../runtime/index.ts'

export class Saboteur extends Actor<Saboteur> {
  endThread(): void {
    process.exit(1)
  }

  /** Until somebody ends the thread. */
  blockThread(): void {
    for (;;);
  }
}
