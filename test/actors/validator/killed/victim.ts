/** A process with four validators under load, which tells what is final until it is killed. Arguments: folder, life. */
import { writeSync } from 'node:fs'
import { decisions } from '../../../../actors/validator/index.ts'
import { serviceOf } from '../../../../actors/validator/service.ts'
import { ActorSystem } from '../../../../runtime/index.ts'
import { RecordedValidator } from './recorded.ts'

const [folder, life] = process.argv.slice(2) as [string, string]
/** Decisions on their way at a time. */
const AT_ONCE = 8

const service = serviceOf({ genesis: { epoch_length: 40, block_time: 200 } }, () => RecordedValidator)
const system = await ActorSystem.start({
  ...{ dataDir: folder, threads: 1, services: [service], logLevel: 'error', signals: false },
  modules: [new URL('./recorded.ts', import.meta.url)],
})
// What was final in earlier lives has to be there, in the same places.
for (const { value, height, index } of await replayed()) tell('kept', `${value} ${height} ${index}`)
tell('ready', '')
let next = 0
await Promise.all(Array.from({ length: AT_ONCE }, decideForEver))

async function decideForEver(): Promise<never> {
  for (;;) {
    const value = `${life}-${next++}`
    const { height, index } = await decisions(system).decide('killed', value)
    tell('final', `${value} ${height} ${index}`)
  }
}

/** All decisions that are kept when this life begins. */
async function replayed() {
  const mark = await decisions(system).decide('killed', `${life}-mark`)
  const all: { value: string; height: number; index: number }[] = []
  for await (const decision of decisions(system).follow<string>('killed')) {
    all.push(decision)
    if (decision.height === mark.height && decision.index === mark.index) return all
  }
  return all
}

/** The system has it when this returns, so that it can be read after this process was killed. */
function tell(what: string, text: string): void {
  const line = Buffer.from(`${what} ${text}\n`)
  for (let at = 0; at < line.length; )
    try {
      at += writeSync(1, line, at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      // The reader has not come so far.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
}
