import type { Sidecar } from '../../src/storage/sidecar.ts'

/** A sidecar of a backup that holds one empty database; its place in time, and what a test wants otherwise. */
export function sidecarOf(more: Partial<Sidecar> = {}): Sidecar {
  return {
    format: 'pgveil-backup',
    version: 1,
    jobId: 'job-1',
    jobName: 'nightly "shop"',
    sourceName: 'shop',
    sourceType: 'postgres',
    engineVersion: '17.2',
    timestamp: '2026-11-21T02:00:00.000Z',
    originalFileName: 'nightly-shop_2026-11-21T02-00-00Z.dump',
    compression: 'NONE',
    encryption: null,
    checksum: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    size: 0,
    locked: false,
    anonymized: true,
    dictionariesHash: null,
    schemaFingerprint: '0'.repeat(64),
    coverage: { columns: 0, masked: 0 },
    databases: [
      {
        name: 'shop',
        manifest: {
          format: 'pgveil-archive',
          formatVersion: 1,
          pgveilVersion: '0.1.0',
          content: 'full',
          createdAt: '2026-11-21T02:00:00.000Z',
          source: {
            database: 'shop',
            databaseOid: 16384,
            systemIdentifier: null,
            serverVersion: '17.2',
            serverMajor: 17,
            encoding: 'UTF8',
          },
          pgDumpVersion: '17.2',
          snapshot: '00000003-0000001B-1',
          dictionaries: [],
          toc: { fileBytes: 0, sha256: '' },
          tables: [],
          files: [],
          leftOut: [],
          tableBytes: 0,
        },
      },
    ],
    ...more,
  }
}
