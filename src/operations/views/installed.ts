import installedSql from '../../../sql/views/installed.sql' with { type: 'text' }
import type { ViewDefinition } from '../../compile/views/definitions.ts'
import { fromShippedFile, literal, sql } from '../../lib/sql.ts'
import type { Session } from '../../postgres/session.ts'

/** Something in the schema of the views. */
export interface Installed {
  readonly name: string
  /** As in pg_class.relkind. */
  readonly kind: string
  readonly owner: string
  readonly comment: string
  /** MD5 of a view's text as PostgreSQL prints it. */
  readonly definition: string | null
  readonly barrier: boolean
  /** Roles that were granted SELECT. */
  readonly readers: readonly string[]
}

/** Reads what is in the schema; the session's search_path must be empty. */
export async function readInstalled(session: Session, schema: string): Promise<Installed[]> {
  await session.run(sql`SELECT pg_catalog.set_config('pgveil.views_schema', ${literal(schema)}, false)`)
  return session.rows(fromShippedFile(installedSql))
}

const MARK = 'Masked by pgveil'

/** The comment of a view tells what it was made from, and how PostgreSQL printed it then. */
export function markOf(view: ViewDefinition, definition: string): string {
  return `${MARK}: ${view.relation.schema}.${view.relation.name}, rules ${view.hash}, view ${definition}`
}

export function isOurs({ kind, comment }: Installed): boolean {
  return kind === 'v' && comment.startsWith(`${MARK}: `)
}

export type ViewState =
  /** It is what the dictionary and the tables make. */
  | 'current'
  /** The dictionary or the table has changed since. */
  | 'outdated'
  /** Somebody has changed the view itself. */
  | 'altered'
  | 'missing'
  /** No table of the plan stands behind it any more. */
  | 'extra'

export function stateOf(installed: Installed | undefined, view: ViewDefinition | undefined): ViewState {
  if (!installed) return 'missing'
  if (!view) return 'extra'
  if (!installed.barrier || !installed.comment.endsWith(`, view ${installed.definition}`)) return 'altered'
  return installed.comment === markOf(view, installed.definition ?? '') ? 'current' : 'outdated'
}
