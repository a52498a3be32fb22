import { LIBRARY_SCHEMA, relationName } from '../../catalog/model.ts'
import { maskedColumns, type Plan } from '../../compile/plan/plan.ts'
import { unknownColumns } from '../../compile/plan/unknown-columns.ts'
import { KnownColumns, writeKnownColumns } from '../../dictionary/known-columns.ts'
import { Fault, type Finding } from '../../lib/fault.ts'
import type { Context } from '../context.ts'
import { settleLanes } from '../lane-count.ts'
import { type Planning, type PlanningRequest, withPlan } from '../planning.ts'
import type { Questioning } from '../snapshot-sessions.ts'
import { checkConstraints } from '../verify/constraints.ts'
import { verifyRules } from '../verify/rules.ts'
import { checkValues } from '../verify/values.ts'
import { reviewWithoutRows } from './without-rows.ts'

export interface ValidateRequest extends PlanningRequest {
  /** How many rows of each table to try the rules on; `none` reads no row. */
  readonly sample: number | 'all' | 'none'
  /** Connections that ask at once; undefined lets pgveil choose. */
  readonly jobs: number | undefined
}

export interface Validation {
  /** Errors first, then by table and column. */
  readonly findings: readonly Finding[]
  readonly tables: number
  readonly maskedColumns: number
  /**
   * A non-sensitive dictionary of all columns that are copied as they are, to be kept as the list of known columns;
   * undefined where the dictionaries could not be read.
   */
  readonly baseline: string | undefined
}

/**
 * Tells what a dump with these dictionaries would do wrong, without making it: read-only, and no value of a row among
 * what it tells. With `sample: 'all'` what it passes can be restored, and what it refuses cannot.
 */
export async function validate(context: Context, request: ValidateRequest): Promise<Validation> {
  try {
    return await withPlan(context, request, { locks: 'none' }, async (guarded, planning) => ({
      findings: inOrder(await findAll(guarded, request, planning)),
      tables: planning.plan.tables.filter(
        ({ relation, rows }) => rows.kind !== 'left-out' && relation.schema !== LIBRARY_SCHEMA,
      ).length,
      maskedColumns: planning.plan.tables.flatMap(maskedColumns).length,
      baseline: baselineOf(planning),
    }))
  } catch (error) {
    if (!(error instanceof Fault && error.kind === 'refused')) throw error
    return { findings: inOrder(error.findings), tables: 0, maskedColumns: 0, baseline: undefined }
  }
}

async function findAll(context: Context, request: ValidateRequest, planning: Planning): Promise<Finding[]> {
  const { snapshot, catalog, plan } = planning
  const rules = await verifyRules(context, snapshot, plan)
  const found = [...plan.findings, ...rules]
  const withoutRows = await reviewWithoutRows(context, planning, { rulesHold: rules.length === 0 })
  // A rule that PostgreSQL does not take cannot be tried on rows.
  if (request.sample === 'none' || rules.length > 0) return [...found, ...withoutRows]

  const questioning: Questioning = {
    source: request.source,
    server: catalog.server,
    snapshot,
    lanes: await settleLanes(snapshot.session, request.jobs),
    lockWait: request.lockWait,
  }
  const options = request.sample === 'all' ? {} : { sample: request.sample }
  const values = await checkValues(context, questioning, plan, options)
  const constraints = await checkConstraints(context, questioning, catalog, plan, options)
  const certain = [...found, ...values, ...constraints]
  return unique([...certain, ...(request.sample === 'all' ? withoutRows.map(asWarning) : withoutRows)])
}

/** Rules of thumb that a look at every row settles; where that found nothing broken, they only deserve a look. */
const SETTLED_BY_ROWS = new Set<Finding['code']>([
  'null-in-not-null',
  'constant-in-unique',
  'value-too-long',
  'check-unsatisfiable',
  'key-masked-differently',
])

function asWarning(finding: Finding): Finding {
  return SETTLED_BY_ROWS.has(finding.code) ? { ...finding, severity: 'warning' } : finding
}

/** What several looks at one thing found is told once, by the one that saw rows. */
function unique(findings: readonly Finding[]): Finding[] {
  const broken = new Set(findings.filter(({ code }) => code === 'constraint-broken').map(fieldOf))
  const told = new Set<string>()
  return findings.filter((finding) => {
    if (SHOWN_BY_BROKEN.has(finding.code) && broken.has(fieldOf(finding))) return false
    const key = finding.code === 'value-too-long' ? '' : finding.message
    const whole = JSON.stringify([finding.code, finding.place, key])
    if (told.has(whole)) return false
    told.add(whole)
    return true
  })
}

/** What a broken constraint of the same column says with a count. */
const SHOWN_BY_BROKEN = new Set<Finding['code']>([
  'null-in-not-null',
  'constant-in-unique',
  'check-unsatisfiable',
])

function fieldOf({ place }: Finding): string {
  return `${place?.relation}\0${place?.field}`
}

function inOrder(findings: readonly Finding[]): Finding[] {
  const rank = (finding: Finding) => (finding.severity === 'error' ? 0 : 1)
  const name = ({ place }: Finding) => `${place?.relation ?? ''}\0${place?.field ?? ''}`
  return findings.toSorted(
    (left, right) =>
      rank(left) - rank(right) || (name(left) < name(right) ? -1 : name(left) > name(right) ? 1 : 0),
  )
}

function baselineOf({ catalog, plan }: { catalog: Planning['catalog']; plan: Plan }): string {
  const tables = plan.tables
    .map((table) => ({
      schema: table.relation.schema,
      name: table.relation.name,
      fields: unknownColumns(catalog, table, [], new KnownColumns()).map((column) => column.name),
    }))
    .filter(({ fields }) => fields.length > 0)
  return writeKnownColumns(
    tables.toSorted((left, right) => (relationName(left) < relationName(right) ? -1 : 1)),
  )
}
