import { withoutBoundaries } from './boundaries.ts'
import { printSet, type SetSyntax } from './print-set.ts'
import { settleReferences } from './references.ts'
import { UntranslatableRegex } from './refusals.ts'
import { type Anchor, contains, type Look, type Regex, type Repeat } from './tree.ts'
import { isNullable, widthOf } from './width.ts'

/**
 * The pattern as a RegExp whose `test` is true exactly where Python's `re.search` finds something. Throws
 * UntranslatableRegex. The text must hold no lone surrogates, which PostgreSQL's never does.
 */
export function printJavaScript(tree: Regex): RegExp {
  const text = new JavaScriptPrinter().print(withoutBoundaries(settleReferences(tree, 'JavaScript')))
  try {
    return new RegExp(text, 'u')
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new UntranslatableRegex('a pattern of this size', 0, 'JavaScript')
  }
}

class JavaScriptPrinter {
  #atomics = 0
  #isInAtomic = false

  print(node: Regex): string {
    switch (node.kind) {
      case 'characters':
        return printSet(node.set, SETS)
      case 'anchor':
        return ANCHORS[node.place]
      case 'sequence':
        return node.items.map((item) => this.#item(item)).join('')
      case 'alternation':
        return node.branches.map((branch) => this.print(branch)).join('|')
      case 'group':
        return `(?<g${node.number}>${this.print(node.body)})`
      case 'atomic':
        return this.#atomic(() => this.print(node.body))
      case 'repeat':
        return this.#repeat(node)
      case 'look':
        return this.#look(node)
      case 'reference':
        return `\\k<g${node.group}>`
      default:
        throw new Error(`a ${node.kind} reached the printer, which others write out`)
    }
  }

  #item(node: Regex): string {
    return node.kind === 'alternation' ? `(?:${this.print(node)})` : this.print(node)
  }

  #repeat({ body, min, max, mode, at }: Repeat): string {
    const bounds = max === Number.POSITIVE_INFINITY ? `{${min},}` : `{${min},${max}}`
    // Python never goes back into a round of a possessive repetition.
    if (mode === 'possessive') {
      return this.#atomic(() => `(?:${this.#atomic(() => this.print(body))})${bounds}`)
    }
    // Python takes an empty round where JavaScript looks for another one; which comes first counts in here alone.
    if (this.#isInAtomic && min !== max && isNullable(body) && widthOf(body).max > 0) {
      throw new UntranslatableRegex(
        'a repetition that can match nothing in an atomic group',
        at,
        'JavaScript',
      )
    }
    return `(?:${this.print(body)})${bounds}${mode === 'lazy' ? '?' : ''}`
  }

  /** A lookahead is left the first way that succeeds; what it captured is then matched as it stands. */
  #atomic(print: () => string): string {
    const name = `a${++this.#atomics}`
    const outer = this.#isInAtomic
    this.#isInAtomic = true
    const text = print()
    this.#isInAtomic = outer
    return `(?=(?<${name}>${text}))\\k<${name}>`
  }

  #look({ direction, negated, body }: Look): string {
    const sign = negated ? '!' : '='
    const text = this.print(body)
    if (direction === 'ahead') return `(?${sign}${text})`
    // JavaScript reads a lookbehind from right to left, so that a reference would come before its group. From as far
    // back as the fixed width says, it is read as Python reads it.
    return contains(body, readsForwards)
      ? `(?<${sign}(?=${text})[^]{${widthOf(body).min}})`
      : `(?<${sign}${text})`
  }
}

function readsForwards({ kind, ...node }: Regex): boolean {
  return (
    kind === 'group' ||
    kind === 'reference' ||
    kind === 'atomic' ||
    ('mode' in node && node.mode === 'possessive')
  )
}

const SETS: SetSyntax = {
  any: '[^]',
  none: '[]',
  codePoint: (point) => `\\u{${point.toString(16)}}`,
}

// `^` would do for the start, but JavaScriptCore takes (?=(?:^a)?) for (?=(?:^a)).
const ANCHORS: Readonly<Record<Anchor['place'], string>> = {
  start: '(?<![^])',
  end: '$',
  beforeLastNewline: '(?=\\n?$)',
  lineStart: '(?<![^\\n])',
  lineEnd: '(?![^\\n])',
}
