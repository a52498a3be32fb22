/** What a dictionary's text says, with the offset of every piece, so that a fault can point at it. */
export type Node = TextNode | NumberNode | ConstantNode | ListNode | MapNode

export interface TextNode {
  readonly kind: 'text'
  readonly at: number
  readonly value: string
  /**
   * Where the decoded value came from: from `value[run.start]` on, characters stand one by one at `run.at` in the
   * source. A run ends where an escape or a new piece of an implicit concatenation begins. Ordered by `start`.
   */
  readonly runs: readonly { readonly start: number; readonly at: number }[]
}

export interface NumberNode {
  readonly kind: 'number'
  readonly at: number
  readonly value: number
}

export interface ConstantNode {
  readonly kind: 'constant'
  readonly at: number
  readonly value: true | false | null
}

/** A list, a tuple or a set: the dictionaries make no difference between them. */
export interface ListNode {
  readonly kind: 'list'
  readonly at: number
  readonly items: readonly Node[]
}

export interface MapNode {
  readonly kind: 'map'
  readonly at: number
  readonly entries: readonly { readonly key: TextNode; readonly value: Node }[]
}

/** The offset in the source of the character at `index` of a text. */
export function offsetInText(text: TextNode, index: number): number {
  const run = text.runs.findLast((candidate) => candidate.start <= index)
  return run ? run.at + (index - run.start) : text.at
}

/** The node as a plain value; where a key is given twice the later one counts, as in Python and JSON. */
export function plain(node: Node): unknown {
  switch (node.kind) {
    case 'list':
      return node.items.map(plain)
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key.value, plain(value)]))
    default:
      return node.value
  }
}

/** The node at a path of keys and indexes, or the deepest one on the way that exists. */
export function nodeAt(root: Node, path: readonly PropertyKey[]): Node {
  const [step, ...rest] = path
  if (step === undefined) return root
  const child = childOf(root, step)
  return child ? nodeAt(child, rest) : root
}

function childOf(node: Node, step: PropertyKey): Node | undefined {
  if (node.kind === 'map') return node.entries.findLast((entry) => entry.key.value === step)?.value
  if (node.kind === 'list') return node.items[Number(step)]
  return undefined
}
