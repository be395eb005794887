/** The headers and certificates that show the newest blocks to be final. */
import type { CertifiedBlocks } from '../../../protocols/consensus/messages.ts'
import type { BlockHeader, Certificate, FinalityProof } from '../../../protocols/consensus/types.ts'

/** Heights that are at hand; older ones are in the block store. */
const RECENT = 1_024

interface Run {
  readonly headers: readonly BlockHeader[]
  readonly certificate: Certificate
}

export class RecentFinality {
  readonly #runs = new Map<number, Run>()

  add({ blocks, certificate }: CertifiedBlocks): void {
    const run = { headers: blocks.map(({ header }) => header), certificate }
    for (const { height } of run.headers) {
      this.#runs.set(height, run)
      this.#runs.delete(height - RECENT)
    }
  }

  /** From the block at this height to the certified one; undefined where it is not at hand. */
  at(height: number): FinalityProof | undefined {
    const run = this.#runs.get(height)
    if (run === undefined) return undefined
    const from = run.headers.findIndex((header) => header.height === height)
    return { headers: run.headers.slice(from), certificate: run.certificate }
  }
}
