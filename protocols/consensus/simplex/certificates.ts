/** Certificates that peers send: each is checked once, but for the signatures that were checked as votes. */
import { certificateChecks, certificateProblem } from '../certificate.ts'
import type { SignatureCheck } from '../events.ts'
import type { Certificate, PublicKey } from '../types.ts'
import { indicesOf } from '../validator-set.ts'
import type { Standing } from './standing.ts'

/** Certificates of one sender that are being checked at a time. */
const MAX_CHECKING = 64

export class Certificates {
  readonly #standing: Standing
  readonly #accept: (certificate: Certificate) => void
  readonly #checking = new Map<PublicKey, Set<string>>()

  /** @param accept takes a certificate whose signatures are valid */
  constructor(standing: Standing, accept: (certificate: Certificate) => void) {
    this.#standing = standing
    this.#accept = accept
  }

  receive(from: PublicKey, certificate: Certificate): void {
    const { context, epoch } = this.#standing
    const { kind, view } = certificate
    if (!this.#standing.isCurrent(certificate) || this.#standing.knows(certificate)) return
    const problem = certificateProblem(certificate, epoch.set)
    if (problem !== undefined) return context.invalid(from, `a certificate: ${problem}`)
    let checking = this.#checking.get(from)
    if (checking === undefined) this.#checking.set(from, (checking = new Set()))
    const key = `${kind} ${view}`
    if (checking.has(key) || checking.size >= MAX_CHECKING) return
    checking.add(key)
    context.outbox.verify(this.unknownChecks(certificate), (valid) => {
      checking.delete(key)
      if (checking.size === 0) this.#checking.delete(from)
      if (!valid.every(Boolean)) context.invalid(from, 'a certificate with an invalid signature')
      else this.#accept(certificate)
    })
  }

  /** Its signatures, but for those that have been found valid as votes. */
  unknownChecks(certificate: Certificate): SignatureCheck[] {
    const { context, epoch, views } = this.#standing
    const table = views.peek(certificate.view)?.tables[certificate.kind]
    const signers = indicesOf(certificate.signers)
    return certificateChecks(certificate, epoch.set, context.chainId).filter(
      ({ signature }, i) => table?.knows(signers[i]!, certificate.block, signature) !== true,
    )
  }
}
