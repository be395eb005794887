/**
 * What every thread shows of itself in shared memory, so that others can see it without asking: whose
 * turn runs (for the watchdog), how loaded it is (for placement), and how far it has read what the
 * others sent (for flow control). One row per thread, kept when the thread is replaced.
 */

const FIELDS = 12
/** Threads of one system, the starting one included. */
export const MAX_THREADS = 128

/** In place of the index of a handler: the actor is being started. */
export const ON_START = -2

const Field = {
  /** Turns begun; a standstill while `serial` is set means that one turn goes on. */
  turn: 0,
  /** Whose turn runs; 0 between turns. */
  serial: 1,
  type: 2,
  method: 3,
  entry: 4,
  actors: 5,
  /** Rounds of the thread's event loop that did something. */
  rounds: 6,
  heapKb: 7,
  externalKb: 8,
  /** The greatest serial given, so that a replacement goes on behind it. */
  lastSerial: 9,
  /** How many threads have had the row before. */
  lives: 10,
} as const

export class Pulses {
  /** To be handed to every thread. */
  readonly memory: SharedArrayBuffer
  readonly #fields: Int32Array
  /** Frames read: one row per reader, one column per sender. */
  readonly #read: Int32Array

  constructor(memory = new SharedArrayBuffer(4 * MAX_THREADS * (FIELDS + MAX_THREADS))) {
    this.memory = memory
    this.#fields = new Int32Array(memory, 0, MAX_THREADS * FIELDS)
    this.#read = new Int32Array(memory, 4 * MAX_THREADS * FIELDS)
  }

  /** The row of one thread, for its own writing. */
  row(thread: number): Pulse {
    return new Pulse(this.#fields.subarray(thread * FIELDS, (thread + 1) * FIELDS))
  }

  /** How many actors a thread had when it last showed it. */
  actors(thread: number): number {
    return Atomics.load(this.#fields, thread * FIELDS + Field.actors)
  }

  framesRead(reader: number, sender: number): number {
    return Atomics.load(this.#read, reader * MAX_THREADS + sender)
  }

  countRead(reader: number, sender: number, frames: number): void {
    Atomics.add(this.#read, reader * MAX_THREADS + sender, frames)
  }

  /** Forgets what was read between two threads, of which one is new. */
  reset(reader: number, sender: number): void {
    Atomics.store(this.#read, reader * MAX_THREADS + sender, 0)
  }
}

export class Pulse {
  readonly #row: Int32Array

  constructor(row: Int32Array) {
    this.#row = row
  }

  turnStarts(serial: number, type: number, method: number, entry: number): void {
    const row = this.#row
    row[Field.turn] = ((row[Field.turn] as number) + 1) | 0
    row[Field.serial] = serial
    row[Field.type] = type
    row[Field.method] = method
    row[Field.entry] = entry
  }

  turnsEnd(): void {
    this.#row[Field.serial] = 0
    this.#row[Field.rounds] = ((this.#row[Field.rounds] as number) + 1) | 0
  }

  get turn(): number {
    return Atomics.load(this.#row, Field.turn)
  }

  get serial(): number {
    return Atomics.load(this.#row, Field.serial)
  }

  get type(): number {
    return Atomics.load(this.#row, Field.type)
  }

  get method(): number {
    return Atomics.load(this.#row, Field.method)
  }

  get entry(): number {
    return Atomics.load(this.#row, Field.entry)
  }

  get rounds(): number {
    return Atomics.load(this.#row, Field.rounds)
  }

  get actors(): number {
    return Atomics.load(this.#row, Field.actors)
  }

  set actors(count: number) {
    this.#row[Field.actors] = count
  }

  get lastSerial(): number {
    return Atomics.load(this.#row, Field.lastSerial)
  }

  set lastSerial(serial: number) {
    this.#row[Field.lastSerial] = serial
  }

  /** Kilobytes of the heap and of memory outside it. */
  get memoryKb(): { heap: number; external: number } {
    return {
      heap: Atomics.load(this.#row, Field.heapKb),
      external: Atomics.load(this.#row, Field.externalKb),
    }
  }

  set memoryKb({ heap, external }: { heap: number; external: number }) {
    this.#row[Field.heapKb] = heap
    this.#row[Field.externalKb] = external
  }

  /** To be called when a new thread takes over the row. */
  clear(): void {
    const { lastSerial, turn, lives } = this
    this.#row.fill(0)
    this.lastSerial = lastSerial
    this.#row[Field.turn] = turn
    this.#row[Field.lives] = lives + 1
  }

  get lives(): number {
    return Atomics.load(this.#row, Field.lives)
  }
}
