/** The types of shared documents that their users see. */
import { InvalidOptionError } from '../../protocols/errors.ts'

export const DOCUMENT_TYPES = ['agent-state', 'coordination-plan', 'decision-log'] as const
export type DocumentType = (typeof DOCUMENT_TYPES)[number]

const NAME = /^[!-~\u00a1-\uffff]{1,200}$/u

/** Throws InvalidOptionError for a type or a name that no document can have. */
export function documentId(type: string, name: string): string {
  checkType(type)
  if (typeof name !== 'string' || !NAME.test(name))
    throw new InvalidOptionError(
      `${JSON.stringify(name)} can't be a document's name: use 1 to 200 characters without white space`,
    )
  return `${type}/${name}`
}

/** The type in an id. Throws InvalidOptionError where it is no id. */
export function typeOf(id: string): DocumentType {
  const [type = '', name = ''] = split(id)
  documentId(type, name)
  return type as DocumentType
}

function split(id: unknown): string[] {
  const at = typeof id === 'string' ? id.indexOf('/') : -1
  return at < 0 ? [] : [(id as string).slice(0, at), (id as string).slice(at + 1)]
}

/** Throws InvalidOptionError. */
export function checkType(type: string): asserts type is DocumentType {
  if (!DOCUMENT_TYPES.includes(type as DocumentType))
    throw new InvalidOptionError(
      `there is no type of document "${type}"; the types are ${DOCUMENT_TYPES.join(', ')}`,
    )
}
