/** A mail that lies in a file, before anybody has read it. Plain data. */
export interface Letter {
  /** What reports call it; says nothing about its label. */
  readonly id: string
  /** The absolute path of the file. */
  readonly file: string
  /** Whether it is spam, where that is known. */
  readonly spam?: boolean
}

/** Letters to learn from, and others to be judged that the learners never see. */
export interface Halves {
  readonly learn: readonly Letter[]
  readonly judge: readonly Letter[]
}
