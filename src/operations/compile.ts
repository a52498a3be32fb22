import { copyScript, describeTable } from '../compile/script.ts'
import { shareCalls } from '../compile/shared-calls.ts'
import { createView, SALT_TABLE } from '../compile/views/definitions.ts'
import { type Finding, refuseErrors } from '../lib/fault.ts'
import { comment, identifier, join, literal, nothing, qualified, sql } from '../lib/sql.ts'
import { EMPTY_SEARCH_PATH } from '../postgres/settings.ts'
import type { Context } from './context.ts'
import { type PlanningRequest, withPlan } from './planning.ts'
import { readFunctions } from './verify/functions.ts'
import { verifyRules } from './verify/rules.ts'
import { planViews, type ViewsRequest } from './views/plan-views.ts'

export interface Script {
  readonly text: string
  readonly warnings: readonly Finding[]
}

/** The SQL that a dump would run with these dictionaries. Refuses what a dump would refuse without reading rows. */
export async function compile(context: Context, request: PlanningRequest): Promise<Script> {
  return withPlan(context, request, { locks: 'none' }, async (guarded, { snapshot, catalog, plan }) => {
    refuseErrors([...plan.findings, ...(await verifyRules(guarded, snapshot, plan))])
    const names = request.dictionaries.map(({ name }) => name).join(', ')
    const salt = request.salt
      ? comment('The salt is not shown: SET anon_funcs.salt to it before the first COPY.')
      : sql``
    const script = copyScript(await shareCalls(plan, () => readFunctions(snapshot)), {
      begin: sql`${comment(`What pgveil dump runs, by ${names}`)}${salt}${snapshot.scriptStatements(catalog.server)}`,
      databasePath: snapshot.databaseSearchPath,
      emptyPath: EMPTY_SEARCH_PATH,
    })
    return { text: script.text, warnings: plan.findings }
  })
}

/** The SQL that `views install` runs where there are no views yet. */
export async function compileViews(context: Context, request: ViewsRequest): Promise<Script> {
  const { views, warnings, searchPath } = await planViews(context, request)
  const schema = identifier(request.viewsSchema)
  const salt = qualified(request.viewsSchema, SALT_TABLE)
  const saltTable = request.salt
    ? sql`${comment('The salt is not shown: INSERT it into this table.')}CREATE TABLE ${salt} (salt text NOT NULL);\n`
    : nothing
  const blocks = views.map(
    (view) =>
      sql`\n${join(view.tables.map(describeTable), nothing)}${createView(request.viewsSchema, view)};\n`,
  )
  const names = request.dictionaries.map(({ name }) => name).join(', ')
  const text = sql`${comment(`What pgveil views install runs, by ${names}`)}BEGIN;
CREATE SCHEMA ${schema};
${saltTable}SELECT pg_catalog.set_config('search_path', ${literal(searchPath)}, true);
${join(blocks, nothing)}
COMMIT;
`
  return { text: text.text, warnings }
}
