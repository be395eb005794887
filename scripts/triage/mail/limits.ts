/**
 * What a single mail may cost its reader. Mail comes from strangers, so each bound is set well above
 * what honest mail needs and well below what would hurt the process.
 */
export const MAIL_LIMITS = {
  /** The largest file that is read at all; servers commonly refuse mail beyond 25 to 35 MB. */
  maxMailBytes: 32 * 1024 * 1024,
  /** RFC 5322 allows 998 octets; a line of a megabyte has no honest sender. */
  maxLineBytes: 1024 * 1024,
  /** Only this much of the beginning is parsed; a longer mail is marked as truncated. */
  maxParsedBytes: 512 * 1024,
  /** Only so many lines are parsed: the parser keeps about two kilobytes for each, empty ones too. */
  maxParsedLines: 20_000,
  /** All headers of all parts together, lest one mail fill the memory with names. */
  maxHeaderBytes: 128 * 1024,
  /** Multipart in multipart; mail clients stay below five. */
  maxNestingDepth: 20,
  /** Messages forwarded inside messages that are still read as text. */
  maxForwardDepth: 3,
  /** Lines that open or close a part: each makes the parser keep an object for good. */
  maxPartLines: 2_000,
  /** Header lines that are kept in the result, from the top. */
  maxHeaders: 200,
  /** Characters that are kept of the value of one header. */
  maxHeaderChars: 2_048,
  /** Characters of the readable text that are kept. */
  maxTextChars: 64 * 1024,
  /** Characters of HTML source that are kept. */
  maxHtmlChars: 128 * 1024,
  /** Attachments whose names are kept. */
  maxAttachments: 50,
} as const
