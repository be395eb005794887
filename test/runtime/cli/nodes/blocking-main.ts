/** A node that blocks its main thread for ever, the first time that it runs in a folder. */
import { existsSync, writeFileSync } from 'node:fs'
import type { ActorSystem } from '../../../../runtime/index.ts'

export default async function root(_system: ActorSystem) {
  if (existsSync('was-here')) return
  writeFileSync('was-here', '')
  setTimeout(() => {
    for (;;);
  }, 50)
}
