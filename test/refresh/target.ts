import { fromShippedFile, identifier, type Sql, sql } from '../../src/lib/sql.ts'
import { sideNames } from '../../src/operations/refresh/names.ts'
import type { Target } from '../../src/postgres/connection/target.ts'
import { Session } from '../../src/postgres/session.ts'
import { testCluster } from '../server/cluster.ts'
import { administer, dropDatabase } from '../server/database.ts'

/** A database that is refreshed. Declare it by `await using`: it goes, and all that stands beside it. */
export class RefreshedDatabase implements AsyncDisposable {
  private constructor(readonly target: Target) {}

  /** Makes it with what the text of SQL makes; undefined makes none. */
  static async create(
    name: string,
    setup?: string,
    properties: Sql = sql`TEMPLATE template0`,
  ): Promise<RefreshedDatabase> {
    const database = new RefreshedDatabase((await testCluster()).target(name))
    if (setup === undefined) return database
    await administer(sql`CREATE DATABASE ${identifier(name)} ${properties}`)
    if (setup !== '') await database.rows(setup)
    return database
  }

  get name(): string {
    return this.target.database
  }

  get old(): Target {
    return { ...this.target, database: sideNames(this.name).old }
  }

  /** By a connection of its own: the name may mean another database a moment later. */
  async rows<Row = Record<string, unknown>>(text: string, target = this.target): Promise<Row[]> {
    const session = await Session.open(target)
    try {
      return await session.rows<Row>(fromShippedFile(text))
    } finally {
      await session.close()
    }
  }

  async value<Value>(text: string, target = this.target): Promise<Value> {
    const [row] = await this.rows<Record<string, Value>>(text, target)
    return Object.values(row ?? {})[0] as Value
  }

  /** Which of the databases are there that may stand beside each other. */
  async standing(): Promise<string[]> {
    const { shadow, old, gone } = sideNames(this.name)
    const names = { [this.name]: 'target', [shadow]: 'shadow', [old]: 'old', [gone]: 'gone' }
    const session = await Session.open({ ...this.target, database: 'postgres' })
    try {
      const rows = await session.rows<{ name: string }>(sql`SELECT datname AS name FROM pg_database`)
      return rows.flatMap(({ name }) => names[name] ?? []).sort()
    } finally {
      await session.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { shadow, old, gone } = sideNames(this.name)
    for (const name of [this.name, shadow, old, gone]) await dropDatabase(name)
  }
}

let number = 0

/** A name that no other test has. */
export function uniqueName(begin = 'refreshed'): string {
  return `${begin}_${process.pid}_${++number}`
}
