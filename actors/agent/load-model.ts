import { readFile, rename, writeFile } from 'node:fs/promises'
import { deserialize, serialize } from 'node:v8'
import { ModelUnavailableError } from './errors.ts'
import type { InferenceSettings } from './inference-options.ts'
import type { Model, TrainableModel } from './model.ts'

type AnyModel = Model<unknown, unknown>
type AnyTrainable = TrainableModel<unknown, unknown, unknown, unknown>

/**
 * Makes the model on this thread, with the weights that it is to have from its start.
 *
 * @throws ModelUnavailableError that names what is missing, or what the model's own `load` throws
 */
export async function loadModel(settings: InferenceSettings): Promise<AnyModel> {
  const model = construct(await importModule(settings.module), settings)
  await model.load?.()
  const weights = (await readWeights(settings.weightsFile)) ?? settings.weights
  if (weights !== undefined) trainable(model, settings.model).import(weights)
  return model
}

/** The model as one that learns. @throws ModelUnavailableError when it does not */
export function trainable(model: AnyModel, name: string): AnyTrainable {
  if (typeof (model as Partial<AnyTrainable>).learn === 'function') return model as AnyTrainable
  throw new ModelUnavailableError(
    `${name} does not learn: it has no learn(examples, signal), export() and import(weights).`,
  )
}

/** Whoever reads the file finds the old weights or the new ones, never a part. */
export async function writeWeights(file: string, weights: unknown): Promise<void> {
  const unfinished = `${file}.${process.pid}.part`
  await writeFile(unfinished, serialize(weights), { mode: 0o600 })
  await rename(unfinished, file)
}

async function readWeights(file: string | undefined): Promise<unknown> {
  if (file === undefined) return undefined
  try {
    return deserialize(await readFile(file))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ModelUnavailableError(`The weights in ${file} cannot be read; remove the file to begin anew.`, {
      cause,
    })
  }
}

async function importModule(module: string): Promise<Record<string, unknown>> {
  try {
    return (await import(module)) as Record<string, unknown>
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new ModelUnavailableError(`The module ${module} of a model could not be imported: ${why}`, {
      cause,
    })
  }
}

function construct(
  exports: Record<string, unknown>,
  { module, model, options }: InferenceSettings,
): AnyModel {
  const found = exports[model]
  if (typeof found !== 'function') {
    const names = Object.keys(exports).join(', ') || 'nothing'
    throw new ModelUnavailableError(`${module} exports no class "${model}"; it exports ${names}.`)
  }
  const made = new (found as new (options: unknown) => AnyModel)(options)
  if (typeof made.infer === 'function') return made
  throw new ModelUnavailableError(`${model} of ${module} is no model: it has no infer(inputs, signal).`)
}
