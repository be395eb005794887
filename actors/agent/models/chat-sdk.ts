/** Loading the AI SDK, and what it needs to know of a schema. Its packages are optional. */
import type * as zodModule from 'zod'
import { InvalidOptionError } from '../../../protocols/errors.ts'
import { ModelAnswerError, ModelUnavailableError } from '../errors.ts'

/** A JSON schema as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * A zod schema, or anything else that can check and describe itself. It cannot be sent to another
 * thread; a JSON schema can.
 */
export interface ObjectSchema<T> {
  parse(value: unknown): T
  readonly '~standard': unknown
}

export type Sdk = typeof import('ai')
type Provider = typeof import('@ai-sdk/openai-compatible')
type Zod = typeof zodModule
type SdkSchema = import('ai').FlexibleSchema<unknown>

const INSTALL = 'npm install ai @ai-sdk/openai-compatible zod'
/** The AI SDK brings it along as a peer, so it is there whenever the SDK is. */
const ZOD = 'zod'

/** @throws ModelUnavailableError that names the command to install what is missing */
export async function importSdk(): Promise<[Sdk, Provider]> {
  try {
    return await Promise.all([import('ai'), import('@ai-sdk/openai-compatible')])
  } catch (cause) {
    throw new ModelUnavailableError(`The AI SDK could not be loaded: ${INSTALL}`, { cause })
  }
}

/**
 * Makes answers be checked. The SDK checks them against a zod schema by itself, but not against a plain
 * JSON schema, which zod does here.
 *
 * @throws InvalidOptionError when the JSON schema is none
 */
export async function checkedSchema(
  sdk: Sdk,
  schema: JsonSchema | ObjectSchema<unknown>,
): Promise<SdkSchema> {
  if ('~standard' in schema) return schema as SdkSchema
  const check = await checkerOf(schema)
  return sdk.jsonSchema(schema as Parameters<Sdk['jsonSchema']>[0], {
    validate: (value) => {
      const result = check(value)
      return result.success
        ? { success: true, value: result.data }
        : { success: false, error: new ModelAnswerError(result.error.message) }
    },
  })
}

async function checkerOf(schema: JsonSchema): Promise<ReturnType<Zod['fromJSONSchema']>['safeParse']> {
  const zod: Zod = await import(ZOD).catch((cause: unknown) => {
    throw new ModelUnavailableError(`zod could not be loaded: ${INSTALL}`, { cause })
  })
  try {
    return zod.fromJSONSchema(schema as Parameters<Zod['fromJSONSchema']>[0]).safeParse
  } catch (cause) {
    throw new InvalidOptionError('The schema of the answers is no JSON schema that can be checked.', {
      cause,
    })
  }
}
