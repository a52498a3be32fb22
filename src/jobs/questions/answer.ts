import { Fault } from '../../lib/fault.ts'
import type { Context } from '../../operations/context.ts'
import { type PreviewTablesRequest, previewTables } from '../../operations/preview.ts'
import { type ViewDataRequest, viewData } from '../../operations/view-data.ts'
import { type ViewFieldsRequest, viewFields } from '../../operations/view-fields.ts'
import { MOST_ROWS, type PlainAnswer, type PlainQuestion, requestOf } from './question.ts'

/** Bytes of an answer that the server reads itself, in some 0.1 s; default pages have less than one megabyte. */
const MOST_READ = 16 * 1024 * 1024

/** Answers a question, in the process that is there for it. Throws the faults of the operation, `limit-invalid`. */
export async function answer(context: Context, question: PlainQuestion): Promise<PlainAnswer> {
  const request = requestOf(question)
  switch (question.kind) {
    case 'viewFields':
      return read(await viewFields(context, request as ViewFieldsRequest))
    case 'viewData':
      return rowsPage(context, request as ViewDataRequest)
    case 'previewTables':
      return read(await previewTables(context, request as PreviewTablesRequest))
  }
}

function read(found: object): PlainAnswer {
  if (Buffer.byteLength(JSON.stringify(found)) > MOST_READ) throw tooLarge(MOST_READ)
  return { answer: found, unread: {} }
}

async function rowsPage(context: Context, request: ViewDataRequest): Promise<PlainAnswer> {
  const { schema, table, fields, totalRows, before = [], after } = await viewData(context, request)
  let left = MOST_ROWS
  const json = (rows: readonly (readonly unknown[])[]) => {
    const lines = rows.map((row) => {
      const line = JSON.stringify(row)
      left -= Buffer.byteLength(line) + 1
      if (left < 0) throw tooLarge(MOST_ROWS)
      return line
    })
    return `[${lines.join(',')}]`
  }
  return {
    answer: { schema, table, fields, totalRows },
    unread: { before: json(before), after: json(after) },
  }
}

function tooLarge(most: number): Fault {
  return new Fault('limit-invalid', `The answer would have more than ${most / 1024 / 1024} MB.`, {
    remedy: 'Ask for fewer rows at a time: limit (of fields: fields_limit_count).',
  })
}
