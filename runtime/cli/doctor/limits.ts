/** What the machine has to offer at least, and from when on it is worth a warning. */
export const DOCTOR_LIMITS = {
  /** Below this, the worker threads and the main thread take turns on one core. */
  goodCores: 2,
  /** A system with four threads needs about 150 MiB before any actor does something. */
  minMemoryBytes: 256 * 1024 ** 2,
  goodMemoryBytes: 1024 ** 3,
  /** Each link, database connection and log needs a descriptor. */
  minOpenFiles: 256,
  goodOpenFiles: 4_096,
  /** Milliseconds in which a worker thread usually starts several times over. */
  slowThreadMs: 500,
  /** Milliseconds after which a worker thread is taken not to start at all. */
  threadStartMs: 10_000,
  minDiskBytes: 64 * 1024 ** 2,
  goodDiskBytes: 1024 ** 3,
} as const
