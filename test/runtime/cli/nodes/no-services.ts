/** A module whose services were not made. */
import { validators } from '../../../../actors/validator/index.ts'
import { supervisor } from '../../../../runtime/index.ts'

export const services = [validators]

export default supervisor({ children: {} })
