import type { TestDatabase } from './database.ts'

/** Resolves when nobody but the asker is connected: a server takes note of a client that is gone a moment later. */
export async function untilAlone(database: TestDatabase): Promise<void> {
  await database.run(`
    DO $$ BEGIN
      WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()) LOOP
        PERFORM pg_sleep(0.01); PERFORM pg_stat_clear_snapshot();
      END LOOP;
    END $$`)
}
