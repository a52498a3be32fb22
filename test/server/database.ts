import { fromShippedFile, identifier, literal, type Sql, sql } from '../../src/lib/sql.ts'
import type { Target } from '../../src/postgres/connection/target.ts'
import { Session } from '../../src/postgres/session.ts'
import { testCluster } from './cluster.ts'

const templates = new Map<string, Promise<string>>()
let number = 0

/** A database of one test. Declare it by `await using`: it is dropped when the test is done. */
export class TestDatabase implements AsyncDisposable {
  readonly target: Target
  readonly session: Session

  private constructor(target: Target, session: Session) {
    this.target = target
    this.session = session
  }

  /** An empty database, or one with what the text of SQL makes; that is made once and then cloned. */
  static async create(setup = ''): Promise<TestDatabase> {
    const template = setup === '' ? 'template0' : await templateOf(setup)
    const name = `test_${process.pid}_${++number}`
    await administer(sql`CREATE DATABASE ${identifier(name)} TEMPLATE ${identifier(template)}`)
    return TestDatabase.#open(name)
  }

  /** A database of a name and properties of the test's choice. */
  static async createAs(name: string, properties: Sql = sql`TEMPLATE template0`): Promise<TestDatabase> {
    await administer(sql`CREATE DATABASE ${identifier(name)} ${properties}`)
    return TestDatabase.#open(name)
  }

  static async #open(name: string): Promise<TestDatabase> {
    const target = (await testCluster()).target(name)
    return new TestDatabase(target, await Session.open(target))
  }

  get name(): string {
    return this.target.database
  }

  async run(text: string): Promise<void> {
    await this.session.run(fromShippedFile(text))
  }

  async rows<Row = Record<string, unknown>>(text: string): Promise<Row[]> {
    return this.session.rows<Row>(fromShippedFile(text))
  }

  /** The one value of a query that gives one. */
  async value<Value = unknown>(text: string): Promise<Value> {
    const [row] = await this.rows<Record<string, Value>>(text)
    return Object.values(row ?? {})[0] as Value
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session.close()
    await dropDatabase(this.name)
  }
}

export async function dropDatabase(name: string): Promise<void> {
  await administer(sql`DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`)
}

/** Runs statements as the superuser, in the database postgres. */
export async function administer(statement: Sql): Promise<void> {
  const session = await Session.open((await testCluster()).target('postgres'))
  try {
    await session.run(statement)
  } finally {
    await session.close()
  }
}

function templateOf(setup: string): Promise<string> {
  const known = templates.get(setup)
  if (known) return known
  const made = makeTemplate(setup)
  templates.set(setup, made)
  return made
}

async function makeTemplate(setup: string): Promise<string> {
  const name = `template_${process.pid}_${templates.size}`
  await administer(sql`CREATE DATABASE ${identifier(name)} TEMPLATE template0`)
  const session = await Session.open((await testCluster()).target(name))
  try {
    await session.run(fromShippedFile(setup))
  } finally {
    await session.close()
  }
  // A database can be cloned when nobody is connected to it; the server notices a closed connection a moment later.
  await administer(sql`
DO $$
BEGIN
  WHILE EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE datname = ${literal(name)}) LOOP
    PERFORM pg_catalog.pg_sleep(0.01);
    PERFORM pg_catalog.pg_stat_clear_snapshot();
  END LOOP;
END
$$`)
  return name
}
