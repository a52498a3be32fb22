import { PERMISSIONS, type Permission } from '../../../src/http/permission.ts'
import { Secret } from '../../../src/lib/secret.ts'
import type { Target } from '../../../src/postgres/connection/target.ts'
import { writeBackup } from '../../../src/storage/backup-file.ts'
import { localFs } from '../../../src/storage/destinations/local-fs.ts'
import type { Sidecar } from '../../../src/storage/sidecar.ts'
import { publishSidecar } from '../../../src/storage/stored-backups.ts'
import { sidecarOf } from '../../storage/sidecars.ts'
import { type Answer, Serving } from '../serving.ts'

const TOKEN = 'the-token-of-the-test'

/** Enough for a test that asks for everything many times. */
const MANY = ['--rate-limit-reads=100000', '--rate-limit-writes=100000', '--rate-limit-authentication=100000']

/** A server whose every request needs a key. */
export async function serveBackups(flags: readonly string[] = MANY): Promise<Serving> {
  return Serving.start({ flags, env: { PGVEIL_API_TOKEN: TOKEN } })
}

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

/** Asks as somebody who may do everything. */
export async function ask(
  serving: Serving,
  method: string,
  path: string,
  body?: unknown,
  key = TOKEN,
): Promise<Answer> {
  return serving.request(method, path, body === undefined ? undefined : JSON.stringify(body), bearer(key))
}

/** The same where it has to work. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
export async function made(...[serving, method, path, body, key]: Parameters<typeof ask>): Promise<any> {
  const answer = await ask(serving, method, path, body, key)
  if (answer.status >= 300)
    throw new Error(`${method} ${path} answers ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** What a path or an address gives, as it is. */
export async function bytesOf(
  serving: Serving,
  url: string,
  key?: string,
): Promise<[status: number, bytes: Buffer, headers: Headers]> {
  const response = await fetch(new URL(url, serving.url), { headers: key ? bearer(key) : {} })
  return [response.status, Buffer.from(await response.arrayBuffer()), response.headers]
}

/** The text of a new key. */
export async function keyWith(serving: Serving, permissions: readonly Permission[]): Promise<string> {
  return (await made(serving, 'POST', '/api/api-keys', { name: 'of the test', permissions })).key
}

export async function keyWithout(serving: Serving, ...lacking: readonly string[]): Promise<string> {
  return keyWith(
    serving,
    PERMISSIONS.filter((permission) => !lacking.includes(permission)),
  )
}

/** The configuration of a source, as requests write it. */
export function sourceConfig(target: Target, overrides: Record<string, unknown> = {}) {
  return {
    host: target.host,
    port: target.port,
    user: target.user,
    password: target.password?.reveal() ?? '',
    database: target.database,
    ...overrides,
  }
}

/** A source that nobody connects to, a destination in a folder, a dictionary that masks, and a job of them. */
export async function defined(serving: Serving, folder: string, name = 'x') {
  const source = await made(serving, 'POST', '/api/adapters', {
    name: `source ${name}`,
    type: 'database',
    adapterId: 'postgres',
    config: { host: '127.0.0.1', port: 1, user: 'backup', password: 'hunter2', database: 'shop' },
  })
  const destination = await made(serving, 'POST', '/api/adapters', {
    name: `destination ${name}`,
    type: 'storage',
    adapterId: 'local-fs',
    config: { basePath: folder },
  })
  const dictionary = await made(serving, 'POST', '/api/dictionaries', {
    name: `masks ${name}`,
    kind: 'sensitive',
    text: JSON.stringify({
      dictionary: [{ schema: 'public', table: 'users', fields: { email: 'md5(email)' } }],
    }),
  })
  const job = await made(serving, 'POST', '/api/jobs', {
    name: `job ${name}`,
    schedule: '0 2 * * *',
    sourceId: source.id,
    destinationId: destination.id,
    dictionaryIds: [dictionary.id],
    enabled: false,
  })
  return { source, destination, dictionary, job }
}

/** The same, with a key in the vault; `sealed` stores a backup that it seals. */
export async function definedWithKey(serving: Serving, folder: string, key: string) {
  const things = await defined(serving, folder)
  const profile = await made(serving, 'POST', '/api/encryption-profiles', { name: 'of the test', key })
  const encryption = { profileId: profile.id, algorithm: 'AES256_GCM_HKDF_1MB' as const }
  const sealed = (path: string, content: Uint8Array) =>
    storeBackup(folder, path, content, { encryption }, key)
  return { ...things, profile, sealed }
}

/** Writes a backup into the folder of a destination, sealed where there is a key. */
export async function storeBackup(
  folder: string,
  path: string,
  content: Uint8Array,
  more: Partial<Sidecar> = {},
  key?: string,
): Promise<Sidecar> {
  await using destination = localFs({ basePath: folder })
  const { signal } = new AbortController()
  const pieces = async function* () {
    for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536)
  }
  const secret = key === undefined ? undefined : new Secret(key)
  const written = await writeBackup(destination, path, pieces(), secret, signal, () => {})
  const sidecar = sidecarOf({ ...written, ...more })
  await publishSidecar(destination, path, sidecar, signal)
  return sidecar
}
