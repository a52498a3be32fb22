import { Secret } from '../../lib/secret.ts'
import type { PlanningRequest } from '../../operations/planning.ts'
import type { PreviewTablesRequest, TablePreview } from '../../operations/preview.ts'
import type { RowsView, ViewDataRequest } from '../../operations/view-data.ts'
import type { FieldViews, ViewFieldsRequest } from '../../operations/view-fields.ts'
import { plainTarget, targetOf } from '../plain-target.ts'
import type { TaskTarget } from '../task.ts'

/** What can be asked about a database and dictionaries, and what is answered. */
export interface Questions {
  readonly viewFields: { readonly request: ViewFieldsRequest; readonly answer: FieldViews }
  readonly viewData: { readonly request: ViewDataRequest; readonly answer: RowsPage }
  readonly previewTables: { readonly request: PreviewTablesRequest; readonly answer: readonly TablePreview[] }
}

/** Bytes of rows in an answer, both sides together. */
export const MOST_ROWS = 64 * 1024 * 1024

/** Rows go through the server as they come: megabytes that it read would keep it from all others meanwhile. */
export interface RowsPage extends Pick<RowsView, 'schema' | 'table' | 'fields' | 'totalRows'> {
  /** JSON: lists of texts and nulls. */
  readonly before: Uint8Array
  readonly after: Uint8Array
}

/** An answer as it goes through a pipe: one line of JSON, and lines that are passed on unread, by their names. */
export interface PlainAnswer {
  readonly answer: object
  readonly unread: Readonly<Record<string, string>>
}

export type QuestionKind = keyof Questions

/** A question as it goes through a pipe: passwords are plain there, and nowhere else. */
export interface PlainQuestion {
  readonly kind: QuestionKind
  readonly request: object
  readonly source: TaskTarget
  readonly salt: string | undefined
}

export function plainQuestion<Kind extends QuestionKind>(
  kind: Kind,
  { source, salt, ...request }: Questions[Kind]['request'],
): PlainQuestion {
  return { kind, request, source: plainTarget(source), salt: salt?.reveal() }
}

/** The request again; it comes from our own process of the same version. */
export function requestOf({ request, source, salt }: PlainQuestion): PlanningRequest {
  return {
    ...(request as Omit<PlanningRequest, 'source' | 'salt'>),
    source: targetOf(source),
    salt: salt === undefined ? undefined : new Secret(salt),
  }
}
