import type { Column } from '../../catalog/model.ts'
import type { DataFunction } from '../../dictionary/meta/data-functions.ts'
import type { SqlText } from '../../dictionary/shape.ts'
import { Fault } from '../../lib/fault.ts'
import { identifier, literal, type Sql, sql } from '../../lib/sql.ts'
import { type Expression, readExpression } from '../expression.ts'
import { type RowsSource, rowsSelect } from './rows-source.ts'
import { valueText } from './value-text.ts'

const VALUE = identifier('v')
const NAME =
  /^\s*(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*))*\s*$/u

/** A call of a user's function, about one column. */
export interface FunctionQuestion {
  readonly column: Column
  readonly asked: DataFunction
  readonly call: Expression
}

/** Puts the call of a data function together. Throws `expression-rejected` where its name is none. */
export async function functionQuestion(
  asked: DataFunction,
  { relation }: RowsSource,
  column: Column,
): Promise<FunctionQuestion> {
  const place = [relation.schema, relation.name, column.name].map(literal)
  const args = asked.asks === 'column' ? [...place, literal(column.type)] : [VALUE, ...place]
  return { column, asked, call: await readCall(asked.name, args) }
}

/**
 * A statement that gives the number of hits, no more than are needed. A function of a value gets it as text where that
 * is what it looks into, and as it is where the column has another type.
 */
export function hitsSql({ column, asked, call }: FunctionQuestion, source: RowsSource, cut: boolean): Sql {
  if (asked.asks === 'column') {
    return sql`SELECT CASE WHEN ${call.sql} THEN ${literal(asked.hits)} ELSE 0 END::pg_catalog.float8 AS hits`
  }
  const value = isText(column) ? valueText(column, { cut }) : identifier(column.name)
  const rows = rowsSelect({ ...source, notNull: column }, [sql`${value} AS ${VALUE}`])
  return sql`SELECT pg_catalog.count(*)::pg_catalog.float8 AS hits FROM (
    SELECT FROM (${rows}) AS looked_at WHERE ${call.sql} LIMIT ${literal(asked.hits)}) AS found`
}

function isText({ isArray, valueType }: Column): boolean {
  return !isArray && /^(?:text|character)/.test(valueType)
}

async function readCall(name: SqlText, args: readonly Sql[]): Promise<Expression> {
  if (!NAME.test(name.text)) {
    throw new Fault('expression-rejected', 'This is no name of a function.', {
      place: name.place,
      remedy: 'Give the name alone, with its schema where it has one: my_schema.my_function.',
    })
  }
  return readExpression({
    text: `${name.text}(${args.map(({ text }) => text).join(', ')})`,
    place: name.place,
    placeOf: (index) => name.placeOf(Math.min(index, name.text.length)),
  })
}
