/** What of a validator is replaced when an epoch begins. */
import type { Epoch } from '../epoch.ts'
import type { Simplex } from '../simplex/simplex.ts'

export interface Running {
  epoch: Epoch
  simplex: Simplex
}
