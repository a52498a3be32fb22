import { ThrowawayCluster } from '../../src/postgres/throwaway-cluster.ts'

let running: Promise<ThrowawayCluster> | undefined

/**
 * The server of this test process, started when it is first asked for. PGVEIL_TEST_BIN names the folder of another
 * PostgreSQL's programs than the newest one of this machine.
 */
export function testCluster(): Promise<ThrowawayCluster> {
  running ??= ThrowawayCluster.start({
    signal: new AbortController().signal,
    binFolder: process.env.PGVEIL_TEST_BIN,
    settings: {
      max_connections: '60',
      wal_level: 'replica',
      max_wal_senders: '4',
      max_prepared_transactions: '4',
    },
  })
  return running
}

export async function stopCluster(): Promise<void> {
  const cluster = await running?.catch(() => undefined)
  await cluster?.stop()
  running = undefined
}
