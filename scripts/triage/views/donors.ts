/**
 * Traces of the people who gave their mail to the SpamAssassin collection: placeholders that stand for
 * their addresses, and the hosts on which they received. They tell which donor got a mail and when it
 * was collected, which separates spam from the rest in the collection and nowhere else.
 */
const TRACES = [
  'yyyy',
  'zzzz',
  'qqqqqq',
  'jmason',
  'netnoteinc',
  'slashnull',
  'taint.org',
  'spamassassin.taint',
  'taint',
  'webnote.net',
  'zzzzason',
  'labs.netnote',
  'jalapeno',
  'phobos',
  'mandark',
  'dogma',
  'efi.ie',
  'example.com',
  'example.sourceforge',
  'localhost',
]

/** True when a word, an address or a host belongs to a donor. */
export function isDonorTrace(text: string): boolean {
  return (
    text === 'jm' ||
    text.startsWith('jm@') ||
    text.startsWith('jm-') ||
    TRACES.some((trace) => text.includes(trace))
  )
}
