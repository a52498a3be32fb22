import { type Catalog, relationName } from '../../catalog/model.ts'
import {
  type CheckOptions,
  type ConstraintCheck,
  constraintChecks,
} from '../../compile/checks/constraints.ts'
import { maskedColumns, type Plan } from '../../compile/plan/plan.ts'
import type { Finding, Place } from '../../lib/fault.ts'
import type { ServerError, Session } from '../../postgres/session.ts'
import { LOCK_NOT_AVAILABLE, lockWaitFault } from '../../postgres/snapshot.ts'
import { speaksOfStatement } from '../../postgres/sqlstate.ts'
import type { Context } from '../context.ts'
import { askAll, attempt, type Questioning } from '../snapshot-sessions.ts'

/**
 * Asks the source, in a snapshot, whether the masked and filtered rows keep every constraint that they touch, so that a
 * dump that succeeds can be restored. What would break is an error among the findings, what cannot be asked a warning.
 */
export async function checkConstraints(
  context: Context,
  questioning: Questioning,
  catalog: Catalog,
  plan: Plan,
  options: CheckOptions = {},
): Promise<Finding[]> {
  const found = await askAll(context, questioning, 'check', constraintChecks(catalog, plan, options), {
    nameOf: (check) => relationName(check.table.relation),
    ask,
  })
  return [...maskedExclusions(catalog, plan), ...found]
}

async function ask(session: Session, check: ConstraintCheck, signal: AbortSignal): Promise<Finding[]> {
  if (!check.query)
    return [unchecked(check, 'it calls a function of a role that is neither a superuser nor you')]
  const answer = await attempt<{ broken: string }>(session, signal, check.query)
  if (Array.isArray(answer)) {
    const broken = BigInt(answer[0]?.broken ?? 0)
    return broken > 0n ? [brokenConstraint(check, broken)] : []
  }
  if (answer.sqlState === LOCK_NOT_AVAILABLE) throw lockWaitFault(placeOf(check))
  return [
    speaksOfStatement(answer.sqlState)
      ? unchecked(check, 'it speaks of more than the columns of a row')
      : failingRule(check, answer),
  ]
}

function brokenConstraint(check: ConstraintCheck, broken: bigint): Finding {
  const rows = broken === 1n ? '1 row' : `${broken} rows`
  const keys = broken === 1n ? '1 value' : `${broken} values`
  const messages: Readonly<Record<ConstraintCheck['kind'], string>> = {
    'not-null': `The copy would hold NULL in a NOT NULL column, in ${rows}.`,
    check: `The copy would break the CHECK constraint ${check.name} in ${rows}.`,
    partition: `${rows} of the copy would not belong into the partition any more.`,
    unique: `The copy would hold ${keys} more than once under the unique index ${check.name}.`,
    'foreign-key': `The foreign key ${check.name} would point nowhere in ${rows} of the copy.`,
    computed: '',
    length: `The rule gives more characters than fit into the column, in ${rows}.`,
  }
  const remedies: Readonly<Record<ConstraintCheck['kind'], string>> = {
    'not-null': 'Give the rule a value for every row, for instance by coalesce(…).',
    check: 'Let the rule give values that satisfy the constraint.',
    partition: 'Let the rule keep the value of the partition key inside the bounds of its partition.',
    unique: 'Use a rule that gives different values for different ones, such as md5 of the whole value.',
    'foreign-key':
      'Mask both columns by the same rule, and filter both tables alike; or let the rule of this one give NULL.',
    computed: '',
    length: 'Shorten the value, for instance by left(…), or write the rule without SQL: to have it cut.',
  }
  return {
    code: 'constraint-broken',
    severity: 'error',
    message: messages[check.kind],
    place: placeOf(check),
    remedy: remedies[check.kind],
  }
}

function failingRule(check: ConstraintCheck, error: ServerError): Finding {
  return {
    code: 'rule-fails',
    severity: 'error',
    message:
      check.kind === 'computed'
        ? `${check.name} cannot be computed from the masked values: ${error.condition}.`
        : `A rule of this table fails on a row: ${error.condition}.`,
    place: placeOf(check),
    remedy:
      check.kind === 'computed'
        ? 'Let the rule give values of the form that the generated column or index works with.'
        : 'Let the rule handle every value of the column, empty and NULL among them.',
  }
}

function unchecked(check: ConstraintCheck, reason: string): Finding {
  return {
    code: 'constraint-unchecked',
    severity: 'warning',
    message: `Whether the copy keeps ${check.name} cannot be asked: ${reason}.`,
    place: placeOf(check),
    remedy: 'Restore the archive once to be sure.',
  }
}

/** The rule that masks a column of the constraint, where there is one. */
function placeOf(check: ConstraintCheck): Place {
  const masked = maskedColumns(check.table).find(({ column }) => check.columns.includes(column))
  const field = masked?.column.name ?? check.columns[0]?.name
  return { ...masked?.expression.source.place, relation: relationName(check.table.relation), field }
}

/** Exclusion constraints compare rows by operators of any kind; a masked column in one is refused rather than asked. */
function maskedExclusions(catalog: Catalog, plan: Plan): Finding[] {
  return plan.tables.flatMap((table) =>
    catalog.exclusions
      .filter((constraint) => constraint.relation === table.relation.oid)
      .flatMap((constraint): Finding[] => {
        const masked = maskedColumns(table).find(({ column }) => constraint.columns.includes(column.number))
        if (!masked) return []
        const relation = relationName(table.relation)
        return [
          {
            code: 'exclusion-masked',
            severity: 'error',
            message: `The column is part of the exclusion constraint ${constraint.name}, which masked values may break.`,
            place: { ...masked.expression.source.place, relation, field: masked.column.name },
            remedy:
              'Leave the column as it is, or drop the constraint in the target and pass --no-constraint-checks.',
          },
        ]
      }),
  )
}
