import type { Context } from '../../operations/context.ts'
import { type PreviewTablesRequest, previewTables } from '../../operations/preview.ts'
import { type ViewDataRequest, viewData } from '../../operations/view-data.ts'
import { type ViewFieldsRequest, viewFields } from '../../operations/view-fields.ts'
import { type PlainQuestion, requestOf } from './question.ts'

/** Answers a question, in the process that is there for it. Throws the faults of the operation. */
export async function answer(context: Context, question: PlainQuestion): Promise<unknown> {
  const request = requestOf(question)
  switch (question.kind) {
    case 'viewFields':
      return viewFields(context, request as ViewFieldsRequest)
    case 'viewData':
      return viewData(context, request as ViewDataRequest)
    case 'previewTables':
      return previewTables(context, request as PreviewTablesRequest)
  }
}
