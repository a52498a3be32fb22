import { identifier, sql } from '../../src/lib/sql.ts'
import { administer, type TestDatabase } from './database.ts'

/**
 * A role of the database that has no rights but to create objects, and does so to have its code run by whoever makes
 * the dump.
 */
export class Intruder implements AsyncDisposable {
  readonly role: string
  readonly #source: TestDatabase

  private constructor(role: string, source: TestDatabase) {
    this.role = role
    this.#source = source
  }

  static async enter(source: TestDatabase): Promise<Intruder> {
    const role = `intruder_${source.name}`
    await administer(sql`CREATE ROLE ${identifier(role)}`)
    await source.run(`
      GRANT CREATE ON SCHEMA public TO "${role}";
      GRANT CREATE ON DATABASE "${source.name}" TO "${role}"`)
    return new Intruder(role, source)
  }

  /**
   * Makes `public.pwn(what)`, which calls itself immutable and has a program of the server's machine write `what` down
   * where it runs with the rights of a superuser. A read-only transaction does not stop it.
   */
  async arm(): Promise<void> {
    await this.run(`
      CREATE FUNCTION public.write(what text) RETURNS int LANGUAGE plpgsql AS $$
      BEGIN EXECUTE format('COPY (SELECT %L) TO PROGRAM %L', what, 'cat >> ${this.role}'); RETURN 1; END $$;
      CREATE FUNCTION public.pwn(what text) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
      BEGIN IF current_user <> '${this.role}' THEN PERFORM public.write(what); END IF; RETURN 1; END $$`)
  }

  /** What `public.pwn(…)` has written down. */
  async caught(): Promise<string[]> {
    const text = await this.#source.value<string | null>(
      `SELECT pg_read_file('${this.role}', 0, 10000, true)`,
    )
    return [...new Set((text ?? '').split('\n').filter((line) => line !== ''))]
  }

  /** Runs statements as the role. `TELL` in them raises where the caller is somebody else. */
  async run(text: string): Promise<void> {
    const tell = `IF current_user <> '${this.role}' THEN RAISE EXCEPTION 'caught' USING ERRCODE = 'ZZ999'; END IF`
    await this.#source.run(`SET ROLE "${this.role}"; ${text.replaceAll('TELL', tell)}; RESET ROLE`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source.run(`DROP OWNED BY "${this.role}" CASCADE`)
    await administer(sql`DROP ROLE ${identifier(this.role)}`)
  }
}
