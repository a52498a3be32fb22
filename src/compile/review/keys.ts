import { type Catalog, type Column, type ForeignKey, type Oid, relationName } from '../../catalog/model.ts'
import { describePlace, type Finding } from '../../lib/fault.ts'
import { leavesByRoot } from '../checks/leaves.ts'
import { isNullConstant } from '../constants.ts'
import { renamesOf } from '../plan/follow-keys.ts'
import { maskedColumns, type Plan, type TablePlan } from '../plan/plan.ts'
import { renameColumns, sameRule } from '../rename-columns.ts'
import { type MaskedColumn, placeOfMask } from './place.ts'

/**
 * Foreign keys one end of which is masked and the other is not, or not by the same rule: the rows would no longer find
 * each other. A column that is emptied points nowhere and is no harm.
 */
export async function keysMaskedDifferently(catalog: Catalog, plan: Plan): Promise<Finding[]> {
  const leaves = leavesByRoot(catalog, plan)
  // A key of a partitioned table has a copy on each partition; one finding is enough.
  const findings = new Map<Oid, Finding>()
  for (const table of plan.tables.filter(hasRules)) {
    for (const key of catalog.foreignKeys.filter(({ relation }) => relation === table.relation.oid)) {
      const origin = originOf(catalog, key)
      if (findings.has(origin)) continue
      const finding = await compareEnds(catalog, key, table, leaves.get(key.references) ?? [])
      if (finding) findings.set(origin, finding)
    }
  }
  return [...findings.values()]
}

function originOf(catalog: Catalog, key: ForeignKey): Oid {
  const parent = catalog.foreignKeys.find(({ oid }) => oid === key.parent)
  return parent ? originOf(catalog, parent) : key.oid
}

/** The rows of a raw_sql are masked by its query, which nobody can compare. */
function hasRules(table: TablePlan): boolean {
  return table.rows.kind !== 'left-out' && table.rows.kind !== 'replaced'
}

async function compareEnds(
  catalog: Catalog,
  key: ForeignKey,
  table: TablePlan,
  referenced: readonly TablePlan[],
): Promise<Finding | undefined> {
  const renames = renamesOf(catalog, key)
  for (const [at, number] of key.columns.entries()) {
    const own = maskOf(table, number)
    if (own && isNullConstant(own.expression)) continue
    for (const other of referenced.filter(hasRules)) {
      const column = columnOfLeaf(catalog, key.references, key.referencedColumns[at], other)
      const theirs = column && maskOf(other, column.number)
      if (!own && !theirs) continue
      if (own && theirs && (await agree(own, table, theirs, other, renames))) continue
      const name = table.relation.columns.find((candidate) => candidate.number === number)?.name ?? ''
      return difference(
        key,
        { table, mask: own, name },
        { table: other, mask: theirs, name: column?.name ?? '' },
      )
    }
  }
  return undefined
}

async function agree(
  own: MaskedColumn,
  table: TablePlan,
  theirs: MaskedColumn,
  other: TablePlan,
  renames: ReadonlyMap<string, string>,
): Promise<boolean> {
  const expression = await renameColumns(theirs.expression, other.relation, renames)
  return (
    expression !== undefined &&
    sameRule(
      { expression, relation: table.relation },
      { expression: own.expression, relation: table.relation },
    )
  )
}

function maskOf(table: TablePlan, number: number): MaskedColumn | undefined {
  return maskedColumns(table).find(({ column }) => column.number === number)
}

/** A partition may number its columns otherwise than the partitioned table that a key names. */
function columnOfLeaf(
  catalog: Catalog,
  root: Oid,
  number: number | undefined,
  leaf: TablePlan,
): Column | undefined {
  const name = catalog.relations.get(root)?.columns.find((column) => column.number === number)?.name
  return leaf.relation.columns.find((column) => column.name === name)
}

interface End {
  readonly table: TablePlan
  readonly mask: MaskedColumn | undefined
  readonly name: string
}

function difference(key: ForeignKey, own: End, other: End): Finding {
  const describe = ({ table, mask, name }: End) => {
    const rule = mask ? describePlace(mask.expression.source.place) : ''
    return `${relationName(table.relation)}.${name} (${mask ? `masked${rule ? ` at ${rule}` : ''}` : 'not masked'})`
  }
  const place = own.mask
    ? placeOfMask(own.table, own.mask)
    : { relation: relationName(own.table.relation), field: own.name }
  return {
    code: 'key-masked-differently',
    severity: 'error',
    message: `The foreign key ${key.name} joins ${describe(own)} to ${describe(other)}, which are not masked alike.`,
    place,
    remedy: other.mask
      ? 'Pass --follow-keys to carry the rule of the referenced column along, or give both the same rule.'
      : 'Put the rule on the referenced column and pass --follow-keys, or give both the same rule.',
  }
}
