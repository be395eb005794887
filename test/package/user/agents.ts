import { Actor, child, supervisor } from 'neuroplex'
import { Counter } from './counter.ts'

/** The node finds the classes of its actors among the exports of the module that it runs. */
export { Counter }

export class Greeter extends Actor {
  readonly #greeting: string

  constructor(greeting: string) {
    super()
    this.#greeting = greeting
  }

  override onStart() {
    console.log(this.#greeting)
  }

  override onStop() {
    console.log('The greeter has stopped.')
  }
}

export default supervisor({
  strategy: 'one-for-one',
  children: { counter: child(Counter), greeter: child(Greeter, ['The greeter has started.']) },
})
