import { Fault } from './fault.ts'

/**
 * A piece of SQL. The `sql` tag takes only other pieces as parts, so a plain string (a table's name, a user's text)
 * cannot get into a statement but through `identifier`, `literal` or one of the doors named below.
 */
export class Sql {
  readonly text: string
  // A private member makes the type nominal: an object with a `text` is not an Sql.
  readonly #minted = true

  /** Use the functions of this module; the constructor is for them. */
  constructor(text: string, door: typeof DOOR) {
    if (door !== DOOR) throw new Error('Sql is built by the functions of lib/sql.ts')
    this.text = text
  }

  toString(): string {
    return this.#minted ? this.text : ''
  }
}

const DOOR = Symbol('sql')

export function sql(strings: TemplateStringsArray, ...parts: readonly Sql[]): Sql {
  let text = strings[0] ?? ''
  for (const [index, part] of parts.entries()) {
    if (!(part instanceof Sql)) throw new TypeError('only Sql can be put into sql``')
    text += part.text + (strings[index + 1] ?? '')
  }
  return new Sql(text, DOOR)
}

export const nothing = sql``

/** A name, always quoted. PostgreSQL has no way to write a NUL in a name; anything else is fine. */
export function identifier(name: string): Sql {
  if (name === '' || name.includes('\0')) {
    throw new Fault('query-failed', 'A name in SQL cannot be empty or hold a NUL character.')
  }
  return new Sql(`"${name.replaceAll('"', '""')}"`, DOOR)
}

export function qualified(schema: string, name: string): Sql {
  return sql`${identifier(schema)}.${identifier(name)}`
}

/**
 * A constant. A text with a backslash becomes E'…', which means the same whatever `standard_conforming_strings` says;
 * one without becomes '…', which does too.
 */
export function literal(value: string | number | bigint | boolean | null): Sql {
  if (value === null) return sql`NULL`
  if (typeof value !== 'string') return new Sql(String(value), DOOR)
  if (value.includes('\0')) throw new Fault('query-failed', 'A text in SQL cannot hold a NUL character.')
  const doubled = value.replaceAll("'", "''")
  return new Sql(doubled.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`, DOOR)
}

export function join(parts: readonly Sql[], separator: Sql = sql`, `): Sql {
  return new Sql(parts.map((part) => part.text).join(separator.text), DOOR)
}

/** A comment line; whatever would end it, or rule the terminal that shows it, is taken out. */
export function comment(text: string): Sql {
  return new Sql(`-- ${text.replaceAll(/\p{Cc}+/gu, ' ')}\n`, DOOR)
}

/** Door for the SQL files that ship with pgveil, under `sql/`. */
export function fromShippedFile(text: string): Sql {
  return new Sql(text, DOOR)
}

/**
 * Door for SQL that PostgreSQL itself printed from its catalog (a type's name by format_type, a constraint's
 * expression by pg_get_expr), which is valid SQL by construction.
 */
export function fromCatalog(text: string): Sql {
  return new Sql(text, DOOR)
}

/** Door for a dictionary's SQL; `compile/expression.ts` alone calls it, on text that libpg-query has parsed. */
export function fromParsedDictionary(text: string): Sql {
  return new Sql(text, DOOR)
}
