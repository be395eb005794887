/** The live screen of `neuroplex chain`. */
import { ValidatorsMissingError } from '../../../actors/validator/errors.ts'
import type { ChainStatus } from '../../../actors/validator/status.ts'
import { drawPage, quits } from '../live-screen.ts'
import { printable, styled } from '../output.ts'
import { renderChain } from '../render/chain.ts'
import { Screen } from '../screen.ts'
import { type ChainSource, isTransient } from './ask.ts'
import { repeat } from './repeat.ts'

const KEYS = 'q quit'

interface Reading {
  status?: ChainStatus
  trouble?: string
}

/** Shows the chain until q or Ctrl-C is typed; rejects when the connection ends before. */
export async function showLive(
  source: ChainSource,
  everyMs: number,
  interrupted: AbortSignal,
): Promise<void> {
  using screen = new Screen(process.stdin, process.stdout)
  const typed = new AbortController()
  let shown: Reading = {}
  const draw = () => drawPage(screen, renderReading(shown, screen.rows - 1), KEYS)
  screen.onKey((key) => {
    if (quits(key)) typed.abort()
  })
  screen.onResize(draw)
  draw()
  const ended = AbortSignal.any([typed.signal, interrupted])
  for await (const reading of repeat(() => read(source, shown.status), everyMs, ended)) {
    shown = { status: shown.status, ...reading }
    draw()
  }
}

/** Validators that don't answer just now are no reason to end: what they said last is shown, and that they are silent. */
async function read(source: ChainSource, before: ChainStatus | undefined): Promise<Reading> {
  try {
    return { status: await source.read(), trouble: undefined }
  } catch (error) {
    const areBackSoon = before !== undefined && error instanceof ValidatorsMissingError
    if (!areBackSoon && !isTransient(error)) throw error
    return { trouble: (error as Error).message }
  }
}

function renderReading({ status, trouble }: Reading, rows: number): string[] {
  const above =
    trouble === undefined ? [] : [styled('red', `no validator answers: ${printable(trouble)}`), '']
  if (status === undefined) return [...above, styled('dim', 'asking the validators …')]
  return [...above, ...renderChain(status, Date.now(), rows - above.length)]
}
