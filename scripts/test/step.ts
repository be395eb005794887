/** What a step of `npm test` is and what it tells when it has ended. */

export interface StepResult {
  ok: boolean
  /** What went wrong, in the words of the tool; shown only where the step fails. */
  output?: string
  /** A short figure for the step's line. */
  note?: string
  /** Tests counted by this step. */
  passed?: number
  failed?: number
}

export interface Step {
  /** What `--only` selects it by. */
  name: string
  about: string
  /** `files` narrows a step that runs test files to those that a developer named. */
  run(files: string[]): Promise<StepResult>
}
