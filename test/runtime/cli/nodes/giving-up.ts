/** A node whose only actor fails again and again, until its supervisor gives up. */
import { Actor, child, supervisor } from '../../../../runtime/index.ts'

export class Doomed extends Actor {
  override onStart() {
    this.context.timers.after(1, () => {
      throw new Error('as always')
    })
  }
}

export default supervisor({
  intensity: { restarts: 2, withinMs: 60_000 },
  children: { doomed: child(Doomed) },
})
