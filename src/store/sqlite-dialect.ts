import type { Database } from 'bun:sqlite'
import { SqliteDialect } from 'kysely'

type Bindings = Parameters<ReturnType<Database['query']>['all']>

/**
 * All our transactions write. One that begins by reading, and only then wants to write, fails at once where another
 * process has written in between, however long it might have waited: SQLite cannot give it a newer snapshot.
 */
const BEGIN = 'begin immediate'

/**
 * Kysely's own dialect for SQLite, on bun:sqlite: the two drivers differ in how a statement is asked for and told its
 * parameters, which is all there is here. The packages that do the same lag behind Kysely's releases.
 */
export function bunSqliteDialect(database: Database): SqliteDialect {
  return new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare: (text) => {
        const statement = database.query(text === 'begin' ? BEGIN : text)
        return {
          reader: statement.columnNames.length > 0,
          all: (parameters) => statement.all(...(parameters as Bindings)),
          run: (parameters) => statement.run(...(parameters as Bindings)),
          iterate: (parameters) => statement.iterate(...(parameters as Bindings)),
        }
      },
    },
  })
}
