import type { Regex, Width } from './tree.ts'

const NOTHING: Width = { min: 0, max: 0 }

export function widthOf(node: Regex): Width {
  switch (node.kind) {
    case 'characters':
      return { min: 1, max: 1 }
    case 'sequence':
      return node.items.map(widthOf).reduce(behind, NOTHING)
    case 'alternation':
      return node.branches.map(widthOf).reduce(either)
    case 'conditional':
      return either(widthOf(node.yes), widthOf(node.no))
    case 'group':
    case 'atomic':
      return widthOf(node.body)
    case 'repeat': {
      const { min, max } = widthOf(node.body)
      return { min: min * node.min, max: max === 0 || node.max === 0 ? 0 : max * node.max }
    }
    case 'reference':
      return node.width
    default:
      return NOTHING
  }
}

function behind(left: Width, right: Width): Width {
  return { min: left.min + right.min, max: left.max + right.max }
}

function either(left: Width, right: Width): Width {
  return { min: Math.min(left.min, right.min), max: Math.max(left.max, right.max) }
}

export function isNullable(node: Regex): boolean {
  return widthOf(node).min === 0
}
