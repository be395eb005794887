/** Numbers as people read them. */

/** 6046 → "6,046". */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

export function perSecond(rate: number): string {
  if (!Number.isFinite(rate)) return '0/s'
  return `${rate < 9.95 ? rate.toFixed(1) : count(rate)}/s`
}

/** 0.98765 → "98.77 %"; a dash where there is nothing to say. */
export function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(2)} %`
}

/** 12.34 → "12 ms"; a dash where there is nothing to say. */
export function milliseconds(ms: number | null): string {
  return ms === null ? '–' : `${count(ms)} ms`
}

/** 83.4 → "1:23". */
export function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}

/** "1 restart", "2 restarts". */
export function plural(amount: number, noun: string): string {
  return `${count(amount)} ${noun}${amount === 1 ? '' : 's'}`
}
