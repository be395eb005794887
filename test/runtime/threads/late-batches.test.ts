/** What a thread sent before it was declared lost may arrive after: it is of its former life. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { completeLimits } from '../../../protocols/limits.ts'
import { realClock } from '../../../runtime/clock.ts'
import { Op } from '../../../runtime/delivery/frames.ts'
import { openLog } from '../../../runtime/telemetry/log.ts'
import { bootHost } from '../../../runtime/threads/boot.ts'
import type { Host } from '../../../runtime/threads/host.ts'
import { Pulses } from '../../../runtime/threads/pulses.ts'

const [OWN, OTHER] = [1, 2]

function startHost(): Promise<Host> {
  const log = { level: 'silent', name: 'late', file: undefined } as const
  const boot = {
    ...{
      thread: OWN,
      modules: [],
      open: true,
      pools: { default: [OWN, OTHER] },
      development: false,
      seed: 1,
    },
    ...{ limits: completeLimits({}), pulses: new Pulses().memory, log, maxHeapMb: undefined },
    ...{ expected: [], former: [] },
  }
  return bootHost(boot, realClock, openLog({ ...log, thread: OWN }), () => undefined)
}

test('batches of a thread that was lost are not read, also when its successor is there', async () => {
  const host = await startHost()
  const heard: unknown[] = []
  host.control.on('hear', (word: string) => void heard.push(word))
  const batch = (word: string) => [Op.control, 1, 'hear', false, word]
  const carrier = () => ({ post: () => undefined })

  const first = host.links.open(OTHER, carrier())
  first(batch('in time'))
  host.threadLost({ thread: OTHER, reason: 'of a test', stalledSerial: 0 })
  first(batch('late'))
  assert.equal(host.pulses.framesRead(OWN, OTHER), 1)

  const second = host.links.open(OTHER, carrier())
  host.threadOpened(OTHER)
  first(batch('later'))
  second(batch('new'))
  assert.deepEqual(heard, ['in time', 'new'])
  assert.equal(host.pulses.framesRead(OWN, OTHER), 1, 'the successor counts from the start')
  host.deadlines.stop()
})
