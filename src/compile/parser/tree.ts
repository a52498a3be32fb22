/** libpg-query's tree as JSON: nodes are objects with one key, the node's type. Only what pgveil looks at is named. */
export interface SyntaxTree {
  readonly stmts?: readonly { readonly stmt: TreeNode; readonly stmt_len?: number }[]
}

export type TreeNode = { readonly [type: string]: TreeFields }
export type TreeFields = { readonly [field: string]: unknown }

/** Calls `visit` with the type and fields of every node, outer ones first. */
export function walkTree(value: unknown, visit: (type: string, fields: TreeFields) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walkTree(item, visit)
  } else if (isRecord(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (isNode(key, inner)) visit(key, inner)
      walkTree(inner, visit)
    }
  }
}

/** A node's type begins with a capital, a field's name does not. */
export function isNode(key: string, value: unknown): value is TreeFields {
  return /^[A-Z]/.test(key) && isRecord(value)
}

/** The byte of the parsed text at which a node begins. */
export function locationOf({ location }: TreeFields): number {
  return typeof location === 'number' ? location : 0
}

/** The texts of a list of String nodes, as names of functions and columns are written. */
export function names(list: unknown): string[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((item) => {
    const string: unknown = isRecord(item) ? item.String : undefined
    return isRecord(string) && typeof string.sval === 'string' ? [string.sval] : []
  })
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
