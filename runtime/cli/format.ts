/** Numbers, sizes and times as people read them. */

/** 1234567 → "1.23 M". Whole numbers below a thousand stay as they are. */
export function formatCount(value: number): string {
  if (value < 10 && !Number.isInteger(value)) return value.toFixed(1)
  if (value < 1_000) return String(Math.round(value))
  return scaled(value, 1_000, ['k', 'M', 'G', 'T'])
}

/** 1234567 → "1.18 MiB". */
export function formatBytes(bytes: number): string {
  return bytes < 1_024 ? `${Math.round(bytes)} B` : scaled(bytes, 1_024, ['KiB', 'MiB', 'GiB', 'TiB'])
}

/** Microseconds as "850 µs", "1.20 ms" or "3.40 s". */
export function formatMicroseconds(us: number): string {
  if (us < 1_000) return `${Math.round(us)} µs`
  return us < 1_000_000 ? `${threeDigits(us / 1_000)} ms` : `${threeDigits(us / 1_000_000)} s`
}

/** Milliseconds as "42 s", "3 min 5 s", "2 h 10 min" or "4 d 3 h". */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const units: [string, number][] = [
    ['d', Math.floor(seconds / 86_400)],
    ['h', Math.floor(seconds / 3_600) % 24],
    ['min', Math.floor(seconds / 60) % 60],
    ['s', seconds % 60],
  ]
  const first = units.findIndex(([, amount]) => amount > 0)
  if (first < 0) return '0 s'
  return units
    .slice(first, first + 2)
    .filter(([, amount]) => amount > 0)
    .map(([unit, amount]) => `${amount} ${unit}`)
    .join(' ')
}

/** Local time of day with milliseconds: "14:03:07.120". */
export function formatTime(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** "1 actor", "2 actors". */
export function plural(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let amount = value / base
  let unit = 0
  while (amount >= base && unit < units.length - 1) {
    amount /= base
    unit++
  }
  return `${threeDigits(amount)} ${units[unit]}`
}

function threeDigits(amount: number): string {
  return amount.toFixed(amount < 9.995 ? 2 : amount < 99.95 ? 1 : 0)
}
