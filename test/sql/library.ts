import { afterAll, beforeAll, expect } from 'bun:test'
import { init } from '../../src/operations/init.ts'
import { ServerError } from '../../src/postgres/session.ts'
import { TestDatabase } from '../server/database.ts'
import { testContext } from '../server/operations.ts'

/** Gives the tests of a file a database that has the function library. */
export function withLibrary() {
  let database: TestDatabase
  beforeAll(async () => {
    database = await TestDatabase.create()
    await init(testContext(), database.target)
  })
  afterAll(async () => {
    await database[Symbol.asyncDispose]()
  })
  const value = <T = unknown>(expression: string) => database.value<T>(`SELECT ${expression}`)
  return {
    database: () => database,
    value,
    /** What the server says where it refuses to compute something. */
    refusal: async (expression: string): Promise<string> => {
      const error = await value(expression).catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(ServerError)
      return (error as ServerError).words
    },
  }
}
