import { describe, expect, test } from 'bun:test'
import { type BackupResult, backup } from '../../src/operations/backup/backup.ts'
import type { BackupRequest } from '../../src/operations/backup/request.ts'
import { retain } from '../../src/operations/backup/retain.ts'
import { localFs } from '../../src/storage/destinations/local-fs.ts'
import { setLocked } from '../../src/storage/stored-backups.ts'
import { Hands } from '../jobs/schedule/hands.ts'
import { TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { testContext } from '../server/operations.ts'
import { backupRequest, USERS } from './request.ts'

const signal = new AbortController().signal

describe('retention', () => {
  /** Backups at moments, one after the other; the days of those that are left. */
  async function daysLeft(
    times: readonly string[],
    retention: BackupRequest['retention'],
    locked: readonly string[] = [],
  ): Promise<string[]> {
    await using shop = await TestDatabase.create(USERS)
    await using folder = await TestFolder.create()
    const clock = new Hands(0)
    for (const time of times) {
      clock.set(time)
      const { path } = await backup(
        testContext({ clock }),
        backupRequest(shop.target, folder.path, { retention }),
      )
      if (locked.includes(time)) await setLocked(localFs({ basePath: folder.path }), path, true, signal)
    }
    const kept = folder.files()
    const archives = kept.filter((name) => name.endsWith('.dump'))
    expect(kept).toEqual(archives.flatMap((name) => [name, `${name}.meta.json`]))
    return archives.map((name) => /_(.*?)T/.exec(name)?.[1] ?? '')
  }

  const days = (...numbers: number[]) => numbers.map((day) => `2026-05-0${day}`)
  const at = (...numbers: number[]) => days(...numbers).map((day) => `${day}T12:00:00Z`)

  test('SIMPLE keeps the newest, and what is locked beside them', async () => {
    const retention = { mode: 'SIMPLE', simple: { keepCount: 2 } } as const
    expect(await daysLeft(at(1, 2, 3, 4), retention, at(1))).toEqual(days(1, 3, 4))
  })

  test('SMART keeps one a day and one a week', async () => {
    const smart = { daily: 2, weekly: 2, monthly: 0, yearly: 0 }
    // The first of May 2026 is a Friday: the third ends that week.
    expect(await daysLeft(at(1, 2, 3, 4, 5, 6), { mode: 'SMART', smart })).toEqual(days(3, 5, 6))
  })

  test('NONE removes nothing', async () => {
    expect(await daysLeft(at(1, 2, 3), { mode: 'NONE' })).toEqual(days(1, 2, 3))
  })

  test('a clock that was ahead once does not make each new backup push out the one before', async () => {
    const retention = { mode: 'SIMPLE', simple: { keepCount: 2 } } as const
    const times = ['2027-01-01T12:00:00Z', '2027-01-02T12:00:00Z', ...at(1, 2, 3)]
    expect(await daysLeft(times, retention)).toEqual([...days(2, 3), '2027-01-01', '2027-01-02'])
  })

  test('what is locked after the list was read stays', async () => {
    await using shop = await TestDatabase.create(USERS)
    await using folder = await TestFolder.create()
    const made: BackupResult[] = []
    for (let count = 0; count < 3; count++) {
      made.push(await backup(testContext(), backupRequest(shop.target, folder.path)))
    }
    const [first, second, third] = made.map(({ path }) => path) as [string, string, string]
    const files = localFs({ basePath: folder.path })
    const destination = {
      ...files,
      remove: async (path: string, signal: AbortSignal) => {
        // Retention goes from the oldest to the newest.
        if (path.startsWith(first)) await setLocked(files, second, true, signal)
        await files.remove(path, signal)
      },
    }
    const retention = { mode: 'SIMPLE', simple: { keepCount: 1 } } as const
    const request = backupRequest(shop.target, folder.path, { retention })
    expect(await retain(testContext(), request, destination, third)).toEqual([first])
    expect(folder.files().filter((name) => name.endsWith('.dump'))).toEqual([second, third])
  })

  test('the files of another job in the same folder are not its business', async () => {
    await using shop = await TestDatabase.create(USERS)
    await using folder = await TestFolder.create()
    const retention = { mode: 'SIMPLE', simple: { keepCount: 1 } } as const
    const job = { id: 'job-2', name: 'of another' }
    const other = await backup(testContext(), backupRequest(shop.target, folder.path, { job }))
    await backup(testContext(), backupRequest(shop.target, folder.path, { retention }))
    const last = await backup(testContext(), backupRequest(shop.target, folder.path, { retention }))
    expect(last.removed).toHaveLength(1)
    expect(folder.files().filter((name) => name.endsWith('.dump'))).toEqual([other.path, last.path])
  })
})
