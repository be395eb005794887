/** What one examination of the machine has found. */

export type Status = 'ok' | 'warn' | 'fail'

export interface Finding {
  /** Stable name of what was examined. */
  name: string
  status: Status
  /** What was found. */
  message: string
  /** What to do about it; absent where all is well. */
  advice?: string
}

export const ok = (name: string, message: string): Finding => ({ name, status: 'ok', message })
export const warn = (name: string, message: string, advice: string): Finding => ({
  name,
  status: 'warn',
  message,
  advice,
})
export const fail = (name: string, message: string, advice: string): Finding => ({
  name,
  status: 'fail',
  message,
  advice,
})

const ORDER: readonly Status[] = ['ok', 'warn', 'fail']

export function worst(findings: readonly Finding[]): Status {
  return findings.reduce<Status>(
    (so, { status }) => (ORDER.indexOf(status) > ORDER.indexOf(so) ? status : so),
    'ok',
  )
}
