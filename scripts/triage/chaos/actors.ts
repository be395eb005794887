/** Actors that only `--chaos` starts: they do on purpose what otherwise happens by bad luck. */
import { Actor } from '../../../runtime/index.ts'
import type { Mail } from '../mail/parse.ts'
import { Parser } from '../team/parser.ts'
import { poisonOf } from './poison.ts'

/** A parser with three faults that certain letters bring out. */
export class ChaosParser extends Parser {
  protected override read(raw: Uint8Array): Promise<Mail> {
    const poison = poisonOf(raw)
    if (poison === 'throw') throw new TypeError('the parser tripped over a poisoned letter')
    if (poison === 'hang') for (;;);
    if (poison === 'wait') return new Promise(() => undefined)
    return super.read(raw)
  }
}

/** Ends the thread on which it lives, as a crash of native code would. */
export class Saboteur extends Actor {
  strike(): void {
    process.exit(1)
  }
}
