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
  readonly viewData: { readonly request: ViewDataRequest; readonly answer: RowsView }
  readonly previewTables: { readonly request: PreviewTablesRequest; readonly answer: readonly TablePreview[] }
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
