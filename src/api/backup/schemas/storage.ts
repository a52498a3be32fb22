import { z } from '@hono/zod-openapi'
import { COMPRESSIONS } from '../../../storage/sidecar.ts'
import { filePath, strictly, text, time } from './wire.ts'

export const storedFileSchema = z
  .object({
    name: z.string(),
    path: filePath,
    size: z.int().openapi({ description: 'Bytes, as it is stored.' }),
    lastModified: time,
    createdAt: time.openapi({ description: 'When the snapshot of the databases was taken.' }),
    jobId: z.string().nullable(),
    jobName: z.string().nullable(),
    sourceName: z.string(),
    sourceType: z.string().openapi({ example: 'postgres' }),
    engineVersion: z.string().openapi({ example: '17.2' }),
    databases: z.array(z.string()),
    compression: z.enum(COMPRESSIONS),
    isEncrypted: z.boolean(),
    encryptionProfileId: z.string().nullable(),
    encryption: z.object({ profileId: z.string(), algorithm: z.string() }).nullable(),
    anonymized: z.boolean(),
    locked: z.boolean().openapi({ description: 'Kept by every retention, until it is unlocked.' }),
    checksum: z.string().openapi({ description: 'SHA-256 of the file as it is stored.' }),
  })
  .openapi('StoredFile')

export const deleteFileSchema = strictly({ path: filePath }).openapi('DeleteFile')
export const lockFileSchema = strictly({ path: filePath, locked: z.boolean() }).openapi('LockFile')
export const lockedSchema = z.object({ success: z.literal(true), locked: z.boolean() }).openapi('FileLocked')

export const usageSchema = z
  .object({
    success: z.literal(true),
    data: z.array(
      z
        .object({
          totalSize: z.int().openapi({ description: 'Bytes.' }),
          fileCount: z.int(),
          createdAt: time,
        })
        .openapi('StorageUsage'),
    ),
  })
  .openapi('StorageUsageHistory')

export const linkRequestSchema = strictly({
  file: filePath,
  decrypt: z.boolean().default(true).openapi({ description: 'Default: true.' }),
}).openapi('CreateDownloadUrl')

export const linkSchema = z
  .object({
    success: z.literal(true),
    url: z.string().openapi({ format: 'uri' }),
    expiresIn: z.literal('5 minutes'),
    singleUse: z.literal(true),
  })
  .openapi('DownloadUrl')

const databaseName = text(63).min(1)

export const restoreSchema = strictly({
  file: filePath,
  targetSourceId: text(200).min(1),
  targetDatabaseName: databaseName
    .nullish()
    .openapi({ description: 'Of a backup of one database: what it becomes.' }),
  databaseMapping: z
    .record(databaseName, databaseName)
    .nullish()
    .openapi({
      example: { shop: 'shop_test' },
      description: 'Databases of the backup to those of the target; what is not named keeps its name.',
    }),
  privilegedAuth: strictly({
    user: text(63).min(1),
    password: text(10_000).openapi({ format: 'password' }),
  })
    .nullish()
    .openapi({ description: 'Who may create databases; kept no longer than the execution lasts.' }),
}).openapi('RestoreBackup')

export const analyzeSchema = strictly({
  file: filePath,
  type: text(100).optional().openapi({ description: 'Type of the databases, where the client expects one.' }),
}).openapi('AnalyzeBackup')

export const databasesSchema = z.object({ databases: z.array(z.string()) }).openapi('BackupDatabases')

export type StoredFileAnswer = z.input<typeof storedFileSchema>
