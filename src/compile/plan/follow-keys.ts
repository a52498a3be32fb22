import {
  type Catalog,
  type Column,
  type ForeignKey,
  type Relation,
  relationName,
} from '../../catalog/model.ts'
import { describePlace, type Finding } from '../../lib/fault.ts'
import { isNullConstant } from '../constants.ts'
import { renameColumns, sameRule } from '../rename-columns.ts'
import type { Masks } from './masks.ts'
import type { ColumnRule } from './plan.ts'

/** Columns of a foreign key that belong together. */
interface KeyPair {
  readonly key: ForeignKey
  readonly own: Relation
  readonly ownColumn: Column
  readonly root: Relation
  readonly rootColumn: Column
}

/**
 * Carries the rule of a referenced column to every column that references it: over any number of hops, through
 * composite keys, in circles until nothing changes. A rule that is there already must do the same or give NULL; where
 * two disagree both are named.
 */
export async function followKeys(catalog: Catalog, masks: Masks): Promise<Finding[]> {
  const pairs = keyPairs(catalog)
  const byReferenced = Map.groupBy(pairs, ({ root, rootColumn }) => `${root.oid}:${rootColumn.number}`)
  const queue = masks.entries().map(({ table, column }) => `${table}:${column}`)
  const findings: Finding[] = []
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const pair of byReferenced.get(next) ?? []) {
      const outcome = await carry(catalog, masks, pair)
      if (outcome === 'carried') queue.push(`${pair.own.oid}:${pair.ownColumn.number}`)
      else if (outcome !== 'there') findings.push(outcome)
    }
  }
  return findings
}

async function carry(catalog: Catalog, masks: Masks, pair: KeyPair): Promise<'carried' | 'there' | Finding> {
  const { key, own, ownColumn, root, rootColumn } = pair
  const rule = masks.get(root, rootColumn)
  if (!rule) return 'there'
  const expression = await renameColumns(rule.expression, root, renamesOf(catalog, key)).catch(
    () => undefined,
  )
  const existing = masks.get(own, ownColumn)
  if (existing && isNullConstant(existing.expression)) return 'there'
  if (!expression || ownColumn.castRunsForeignCode) return notCarried(pair, rule)
  if (existing) {
    const same = sameRule({ expression, relation: own }, { expression: existing.expression, relation: own })
    return same ? 'there' : disagreement(pair, rule, existing)
  }
  const references = `${relationName(root)}.${rootColumn.name}`
  const carried: ColumnRule = { expression, origin: { kind: 'foreign-key', name: key.name, references } }
  for (const table of [own, ...heirsOf(catalog, own)]) {
    const column = table.columns.find(({ name }) => name === ownColumn.name)
    if (column && !masks.get(table, column)) masks.set(table, column, carried)
  }
  return 'carried'
}

/** Tables that inherit from one have its column, as a rule of the dictionary for it would mask it there too. */
function heirsOf(catalog: Catalog, table: Relation): Relation[] {
  const children = [...catalog.relations.values()].filter(({ inheritsFrom }) =>
    inheritsFrom.includes(table.oid),
  )
  return children.flatMap((child) => [child, ...heirsOf(catalog, child)])
}

/** For each referenced column of a key, by name, the referencing one as SQL. */
export function renamesOf(catalog: Catalog, key: ForeignKey): Map<string, string> {
  const own = catalog.relations.get(key.relation)
  const root = catalog.relations.get(key.references)
  return new Map(
    key.columns.flatMap((number, at) => {
      const from = root?.columns.find((column) => column.number === key.referencedColumns[at])
      const to = own?.columns.find((column) => column.number === number)
      return from && to ? [[from.name, to.sqlName] as const] : []
    }),
  )
}

function keyPairs(catalog: Catalog): KeyPair[] {
  return catalog.foreignKeys.flatMap((key) => {
    const own = catalog.relations.get(key.relation)
    const root = catalog.relations.get(key.references)
    if (!own || !root) return []
    return key.columns.flatMap((number, at) => {
      const ownColumn = own.columns.find((column) => column.number === number)
      const rootColumn = root.columns.find((column) => column.number === key.referencedColumns[at])
      return ownColumn && rootColumn && ownColumn.generated === null
        ? [{ key, own, ownColumn, root, rootColumn }]
        : []
    })
  })
}

function notCarried({ key, own, ownColumn, root, rootColumn }: KeyPair, rule: ColumnRule): Finding {
  return {
    code: 'key-not-carried',
    severity: 'error',
    message: `The rule of ${relationName(root)}.${rootColumn.name} cannot be carried along the foreign key ${key.name}: it speaks of more than the columns of the key.`,
    place: { ...rule.expression.source.place, relation: relationName(own), field: ownColumn.name },
    remedy: 'Write the rule over the columns of the key alone, or give both columns rules of their own.',
  }
}

function disagreement(pair: KeyPair, rule: ColumnRule, existing: ColumnRule): Finding {
  const { key, own, ownColumn, root, rootColumn } = pair
  const other = `${relationName(root)}.${rootColumn.name} (${describePlace(rule.expression.source.place)})`
  return {
    code: 'key-masked-differently',
    severity: 'error',
    message: `This rule and that of ${other}, which the foreign key ${key.name} points to, disagree.`,
    place: { ...existing.expression.source.place, relation: relationName(own), field: ownColumn.name },
    remedy: 'Remove this rule, and the other one is carried here; or write the same one.',
  }
}
