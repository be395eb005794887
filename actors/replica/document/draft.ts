/** Drafts: what an edit sees of a document, and writes to as if it were plain JavaScript. */
import { type Data, isContainer } from './data.ts'
import { listDraft } from './draft-list.ts'
import { mapDraft } from './draft-map.ts'
import { DraftCounter, DraftText } from './draft-values.ts'
import type { Editor } from './editor.ts'
import { ListNode } from './list-node.ts'
import { MapNode } from './map-node.ts'
import type { Node, Step } from './node.ts'
import type { TextNode } from './text-node.ts'
import { Counter } from './values.ts'

/** The draft of a container; always the same for the same container. */
export function draftOf(editor: Editor, node: Node): object {
  node.draft ??=
    node instanceof MapNode
      ? mapDraft(editor, node, shown)
      : node instanceof ListNode
        ? listDraft(editor, node, shown)
        : new DraftText(editor, node as TextNode)
  return node.draft
}

/** What a draft shows of what lies in a container. */
function shown(editor: Editor, node: MapNode | ListNode, place: Step, value: Data | undefined): unknown {
  if (value instanceof Counter) return new DraftCounter(editor, node, place, value)
  if (!isContainer(value)) return value
  return draftOf(editor, node.child(place as never) as Node)
}
