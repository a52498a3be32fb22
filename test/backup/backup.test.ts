import { describe, expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { renameSync, truncateSync, writeFileSync } from 'node:fs'
import { Secret } from '../../src/lib/secret.ts'
import { type BackupResult, backup } from '../../src/operations/backup/backup.ts'
import type { BackupRequest } from '../../src/operations/backup/request.ts'
import { init } from '../../src/operations/init.ts'
import { identifyServer } from '../../src/operations/survey-server.ts'
import { openBackup } from '../../src/storage/backup-file.ts'
import { localFs } from '../../src/storage/destinations/local-fs.ts'
import { COMPRESSIONS } from '../../src/storage/sidecar.ts'
import { readSidecarOf } from '../../src/storage/stored-backups.ts'
import { dropDatabase, TestDatabase } from '../server/database.ts'
import { TestFolder } from '../server/folder.ts'
import { dictionary, noRules, streamOf, testContext } from '../server/operations.ts'
import { clientProgram } from '../server/programs.ts'
import { backupRequest, USERS } from './request.ts'

const signal = new AbortController().signal
const sealing = { profileId: 'vault', key: new Secret(randomBytes(32).toString('hex')) }

async function faultOf(made: Promise<unknown>): Promise<{ code: string; message: string }> {
  return made.then(
    () => ({ code: 'nothing', message: '' }),
    ({ code, message }) => ({ code, message }),
  )
}

/** What pg_restore makes of an archive on its standard input, in a database of its own. */
async function restored<Result>(
  archive: Uint8Array,
  look: (database: TestDatabase) => Promise<Result>,
): Promise<Result> {
  await using target = await TestDatabase.create()
  const { path } = await clientProgram('pg_restore')
  const { host, port, user, password, database } = target.target
  const args = ['-e', '-h', host, '-p', String(port), '-U', user, '-d', database]
  const child = Bun.spawn([path, ...args], {
    env: { PATH: process.env.PATH ?? '', PGPASSWORD: password?.reveal() ?? '' },
    stdin: archive,
    stderr: 'pipe',
  })
  expect([await new Response(child.stderr).text(), await child.exited]).toEqual(['', 0])
  return await look(target)
}

const opened = async (basePath: string, { path, sidecar }: BackupResult, key?: Secret) =>
  Buffer.concat(await Array.fromAsync(openBackup(localFs({ basePath }), path, sidecar, key, signal)))

describe('what is stored', () => {
  for (const compression of COMPRESSIONS) {
    for (const key of [undefined, sealing]) {
      test(`restores from standard input: ${compression}, ${key ? 'sealed' : 'not sealed'}`, async () => {
        await using shop = await TestDatabase.create(USERS)
        await using folder = await TestFolder.create()
        const request = backupRequest(shop.target, folder.path, { compression, sealing: key })
        const made = await backup(testContext(), request)
        const suffix = { NONE: '', GZIP: '.gz', ZSTD: '.zst' }[compression] + (key ? '.sealed' : '')
        expect(made.path).toMatch(/^nightly\/nightly_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.dump/)
        expect(made.path.endsWith(`.dump${suffix}`)).toBe(true)
        expect(folder.files()).toEqual([made.path, `${made.path}.meta.json`])
        const stored = await Bun.file(folder.file(made.path)).bytes()
        expect(made.sidecar).toMatchObject({
          size: stored.length,
          checksum: new Bun.CryptoHasher('sha256').update(stored).digest('hex'),
          anonymized: true,
          coverage: { columns: 3, masked: 1 },
          encryption: key ? { profileId: 'vault' } : null,
        })
        expect(await readSidecarOf(localFs({ basePath: folder.path }), made.path, signal)).toEqual(
          made.sidecar,
        )
        const rows = await restored(await opened(folder.path, made, key?.key), (copy) =>
          copy.rows('SELECT count(*)::int AS rows, min(email) AS first FROM users'),
        )
        const masked = await shop.rows('SELECT 500 AS rows, min(md5(email)) AS first FROM users')
        expect(rows).toEqual(masked)
      })
    }
  }

  test('of several databases is a tar, out of which each restores by the common tools', async () => {
    const names = ["it's", 'Größe "b"', '../c']
    const databases: TestDatabase[] = []
    for (const name of names) {
      await dropDatabase(name)
      databases.push(await TestDatabase.createAs(name))
    }
    try {
      for (const [index, database] of databases.entries()) {
        await database.run(USERS)
        await database.run(`DELETE FROM users WHERE id > ${10 + index}`)
      }
      await using folder = await TestFolder.create()
      const [first] = databases
      const changes = { databases: names, compression: 'ZSTD' } as const
      const made = await backup(testContext(), backupRequest(first!.target, folder.path, changes))
      expect(made.path).toEndWith('.tar.zst')
      expect(made.sidecar.databases.map(({ name }) => name)).toEqual(names)
      const list = Bun.spawnSync([
        'sh',
        '-c',
        'zstd -dcq "$1" | tar -tf - --quoting-style=literal',
        'sh',
        folder.file(made.path),
      ])
      const folders = [
        ...new Set(
          list.stdout
            .toString()
            .split('\n')
            .filter(Boolean)
            .map((name) => name.replace(/\/\d+$/, '')),
        ),
      ]
      expect(folders).toHaveLength(3)
      for (const [index, member] of folders.entries()) {
        expect(member).not.toMatch(/^\/|^\.\.?(\/|$)/)
        const command = 'zstd -dcq "$1" | tar -xOf - --no-wildcards -- "$2"'
        const { stdout } = Bun.spawnSync(['sh', '-c', command, 'sh', folder.file(made.path), member])
        expect(await restored(stdout, (copy) => copy.value('SELECT count(*)::int FROM users'))).toBe(
          10 + index,
        )
      }
    } finally {
      for (const database of databases) await database[Symbol.asyncDispose]()
    }
  })

  test('is masked by the salt where its dictionary asks for one', async () => {
    await using shop = await TestDatabase.create(USERS)
    await using folder = await TestFolder.create()
    await init(testContext(), shop.target)
    const salted = dictionary({
      dictionary: [{ schema: 'public', table: 'users', fields: { email: 'anon_funcs.fake_email(email)' } }],
    })
    const emails = async (salt: string | undefined) => {
      const given = salt === undefined ? undefined : new Secret(salt)
      const request = backupRequest(shop.target, folder.path, { dictionaries: [salted], salt: given })
      const made = await backup(testContext(), request)
      expect(JSON.stringify(made.sidecar)).not.toContain(salt)
      return restored(await opened(folder.path, made), (copy) => copy.value('SELECT min(email) FROM users'))
    }
    const [one, same, other] = [await emails('salt 1'), await emails('salt 1'), await emails('salt 2')]
    expect(one).toBe(same)
    expect(one).not.toBe(other)
    expect((await faultOf(emails(undefined))).code).toBe('salt-missing')
  })

  test('holds the rows as they are where the job says so, and its sidecar says so too', async () => {
    await using shop = await TestDatabase.create(USERS)
    await using folder = await TestFolder.create()
    const request = backupRequest(shop.target, folder.path, { anonymize: false, dictionaries: [] })
    const made = await backup(testContext(), request)
    expect([made.sidecar.anonymized, made.sidecar.dictionariesHash]).toEqual([false, null])
    const first = await restored(await opened(folder.path, made), (copy) =>
      copy.value('SELECT email FROM users WHERE id = 1'),
    )
    expect(first).toBe('person1@example.org')
  })
})

describe('a rule that means nothing', () => {
  test('in one of several databases is for another of them; in none it is refused, as a column that a table lost', async () => {
    await using shop = await TestDatabase.create(USERS)
    await using odd = await TestDatabase.create(`${USERS}; CREATE TABLE public.more (email text)`)
    await using folder = await TestFolder.create()
    const rule = (table: string) => ({ schema: 'public', table, fields: { email: 'md5(email)' } })
    const made = (...tables: string[]) => {
      const dictionaries = [dictionary({ dictionary: tables.map(rule) })]
      const changes = { databases: [shop.name, odd.name], dictionaries }
      return backup(testContext(), backupRequest(shop.target, folder.path, changes))
    }
    expect((await made('users', 'more')).sidecar.coverage.masked).toBe(3)
    const before = folder.files()
    const renamedTable = await faultOf(made('users', 'people'))
    expect([renamedTable.code, renamedTable.message]).toEqual([
      'rule-unmatched',
      'No table answers to public.people.',
    ])
    await odd.run('ALTER TABLE public.users RENAME COLUMN email TO mail')
    const renamedColumn = await faultOf(made('users', 'more'))
    expect([renamedColumn.code, renamedColumn.message]).toEqual([
      'column-unknown',
      'No table that answers to public.users has the column email.',
    ])
    expect(folder.files()).toEqual(before)
  })
})

test('an exclusion by name of a table that was renamed is refused, and lets no row out', async () => {
  await using shop = await TestDatabase.create(`${USERS}; CREATE TABLE public.secrets AS SELECT 'x' AS v`)
  await using folder = await TestFolder.create()
  const excluding = dictionary({
    dictionary: [{ schema: 'public', table: 'users', fields: { email: 'md5(email)' } }],
    dictionary_exclude: [
      { schema: 'public', table: 'secrets' },
      { schema: 'public', table_mask: '^to_come' },
    ],
  })
  const request = backupRequest(shop.target, folder.path, { dictionaries: [excluding] })
  const { sidecar } = await backup(testContext(), request)
  const tables = sidecar.databases[0]?.manifest.tables.map(({ name, rowPolicy }) => [name, rowPolicy])
  expect(tables).toContainEqual(['secrets', 'left-out'])
  await shop.run('ALTER TABLE public.secrets RENAME TO mysteries')
  const fault = await faultOf(backup(testContext(), request))
  expect([fault.code, fault.message]).toEqual([
    'rule-unmatched',
    'No table answers to public.secrets, which dictionary_exclude names.',
  ])
})

describe('a database of which no rule masks anything', () => {
  test('is refused before its first byte', async () => {
    await using shop = await TestDatabase.create(USERS)
    const pieces: Uint8Array[] = []
    const onPiece = async (piece: Uint8Array) => void pieces.push(piece)
    for (const dictionaries of [[], [noRules]]) {
      const fault = await faultOf(
        streamOf(shop.target, { dictionaries, mustMask: true }, testContext(), onPiece),
      )
      expect([fault.code, pieces.length]).toEqual(['no-anonymization', 0])
    }
  })

  test('is refused alone and among others, and nothing is stored', async () => {
    await using shop = await TestDatabase.create(USERS)
    await using other = await TestDatabase.create('CREATE TABLE public.secrets AS SELECT 1 AS id')
    await using folder = await TestFolder.create()
    const { target } = shop
    const alone = backupRequest(target, folder.path, { dictionaries: [noRules] })
    expect((await faultOf(backup(testContext(), alone))).code).toBe('no-anonymization')
    const among = backupRequest(target, folder.path, { databases: [shop.name, other.name] })
    const fault = await faultOf(backup(testContext(), among))
    expect(fault.code).toBe('no-anonymization')
    expect(fault.message).toContain(other.name)
    expect(folder.files()).toEqual([])
  })
})

test('columns that no dictionary knows are copied, refused or left NULL, as the job says', async () => {
  await using source = await TestDatabase.create(USERS)
  await using folder = await TestFolder.create()
  const known = dictionary({
    no_sens_dictionary: [{ schema: 'public', table: 'users', fields: ['id'] }],
  })
  const made = (unknownColumns: BackupRequest['unknownColumns']) =>
    backup(
      testContext(),
      backupRequest(source.target, folder.file('backups'), { knownColumns: [known], unknownColumns }),
    )
  const fault = await faultOf(made('fail'))
  expect(fault.code).toBe('column-unlisted')
  expect(folder.files('backups')).toEqual([])
  for (const [policy, notes] of [
    ['copy', 500],
    ['null', 0],
  ] as const) {
    const archive = await opened(folder.file('backups'), await made(policy))
    expect(
      await restored(archive, (copy) => copy.value<number>('SELECT count(note)::int FROM public.users')),
    ).toBe(notes)
  }
})

describe('what goes wrong', () => {
  test('a backup that does not read back as it was written is taken back', async () => {
    await using shop = await TestDatabase.create(USERS)
    await using folder = await TestFolder.create()
    let damaged = false
    const onProgress = ({ stage }: { stage: string }) => {
      const [file] = folder.files().filter((name) => name.endsWith('.dump'))
      if (damaged || stage !== 'Verifying' || !file) return
      damaged = true
      truncateSync(folder.file(file), 300_000)
    }
    await shop.run('UPDATE users SET note = repeat(md5(id::text), 60)')
    const context = testContext({ onProgress })
    const fault = await faultOf(backup(context, backupRequest(shop.target, folder.path)))
    expect([damaged, fault.code]).toEqual([true, 'backup-damaged'])
    expect(folder.files()).toEqual([])
  })

  test('a retention that fails leaves the backup, and says so', async () => {
    await using shop = await TestDatabase.create(USERS)
    await using folder = await TestFolder.create()
    const onProgress = ({ stage }: { stage: string }) => {
      if (stage !== 'Retention') return
      renameSync(folder.file('nightly'), folder.file('aside'))
      writeFileSync(folder.file('nightly'), '')
    }
    const retention = { mode: 'SIMPLE', simple: { keepCount: 1 } } as const
    const request = backupRequest(shop.target, folder.path, { retention })
    const fault = await faultOf(backup(testContext({ onProgress }), request))
    expect(fault.code).toBe('path-refused')
    expect(fault.message).toMatch(
      /^The backup nightly\/.*\.dump is stored\. Older backups could not be removed: /,
    )
    expect(folder.files('aside')).toHaveLength(2)
  })

  test('a server that is marked as production is not refreshed under any address; the backup stays', async () => {
    await using shop = await TestDatabase.create(USERS)
    await using folder = await TestFolder.create()
    const { systemIdentifier } = await identifyServer(shop.target, signal)
    const target: BackupRequest['targets'][number] = {
      name: 'staging',
      server: { ...shop.target, database: 'postgres' },
      mapping: { [shop.name]: 'never_made' },
      findings: 'fail',
      connections: 'end',
      neverInto: ['1', systemIdentifier ?? ''],
    }
    const request = backupRequest(shop.target, folder.path, { targets: [target] })
    const fault = await faultOf(backup(testContext(), request))
    expect(fault.code).toBe('production-target')
    expect(fault.message).toContain('is stored')
    expect(folder.files()).toHaveLength(2)
    expect(await shop.value("SELECT count(*)::int FROM pg_database WHERE datname = 'never_made'")).toBe(0)
  })

  test('no database of a backup is put in the place of another one of it, nor of a template', async () => {
    await using shop = await TestDatabase.create(USERS)
    await using odd = await TestDatabase.create(USERS)
    await using folder = await TestFolder.create()
    const databases = [shop.name, odd.name]
    const refreshing = async (mapping: Record<string, string>) => {
      const target = {
        name: 'itself',
        server: shop.target,
        mapping,
        findings: 'off' as const,
        connections: 'end' as const,
        neverInto: [],
      }
      const changes = { databases, targets: [target] }
      return (await faultOf(backup(testContext(), backupRequest(shop.target, folder.path, changes)))).code
    }
    expect(await refreshing({ [shop.name]: odd.name, [odd.name]: shop.name })).toBe('target-is-source')
    for (const name of ['template0', 'template1', `${shop.name}_pgveil_old`]) {
      expect(await refreshing({ [shop.name]: name })).toBe('database-mapping')
    }
    for (const database of [shop, odd]) {
      expect(await database.value('SELECT email FROM users WHERE id = 1')).toBe('person1@example.org')
    }
    expect(await shop.value("SELECT count(*)::int FROM pg_database WHERE datname LIKE '%_pgveil_%'")).toBe(0)
  })

  test('what an abort breaks off leaves nothing, and what a kill left is swept by the next run', async () => {
    await using shop = await TestDatabase.create(USERS)
    await using folder = await TestFolder.create()
    const abort = new AbortController()
    const onProgress = ({ stage }: { stage: string }) => {
      if (stage === 'Anonymizing') abort.abort()
    }
    const context = testContext({ signal: abort.signal, onProgress })
    await expect(backup(context, backupRequest(shop.target, folder.path))).rejects.toThrow()
    expect(folder.files()).toEqual([])
    const left = 'nightly/nightly_2026-05-01T00-00-00.000Z.dump'
    await Bun.write(folder.file(left), 'of a run that was killed')
    await Bun.write(folder.file('nightly/by hand.dump'), 'of somebody')
    const { path } = await backup(testContext(), backupRequest(shop.target, folder.path))
    expect(folder.files()).toEqual(['nightly/by hand.dump', path, `${path}.meta.json`].sort())
  })

  test('a destination that cannot be written leaves nothing behind and is named', async () => {
    await using shop = await TestDatabase.create(USERS)
    await using folder = await TestFolder.create()
    writeFileSync(folder.file('blocked'), '')
    const fault = await faultOf(
      backup(testContext(), backupRequest(shop.target, folder.file('blocked/below'))),
    )
    expect(fault.code).toBe('storage-failed')
    expect(folder.files()).toEqual(['blocked'])
    expect(
      await shop.value("SELECT count(*)::int FROM pg_stat_activity WHERE application_name LIKE 'pg_dump%'"),
    ).toBe(0)
  })
})
