import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmodSync, chownSync, copyFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { literal, sql } from '../../src/lib/sql.ts'
import type { Target, Tls } from '../../src/postgres/connection/target.ts'
import { CopySession } from '../../src/postgres/copy-session.ts'
import { Session } from '../../src/postgres/session.ts'
import { ThrowawayCluster } from '../../src/postgres/throwaway-cluster.ts'
import { faultOf } from '../server/faults.ts'
import { TestFolder } from '../server/folder.ts'

let folder: TestFolder
let cluster: ThrowawayCluster

/** An authority, a server certificate of it for localhost, and another authority that signed nothing. */
function makeCertificates(): void {
  const openssl = Bun.which('openssl')
  if (!openssl)
    throw new Error('This test makes certificates with openssl, which is not here: install openssl.')
  const run = (...args: string[]) => {
    const { exitCode, stderr } = Bun.spawnSync([openssl, ...args], { cwd: folder.path })
    if (exitCode !== 0) throw new Error(stderr.toString())
  }
  const authority = (name: string) =>
    run(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
    )
  authority('authority')
  authority('stranger')
  run(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost',
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
  )
  run(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'authority.crt',
    '-CAkey',
    'authority.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-copy_extensions',
    'copy',
    '-out',
    'server.crt',
  )
}

beforeAll(async () => {
  folder = await TestFolder.create()
  makeCertificates()
  cluster = await ThrowawayCluster.start({
    signal: new AbortController().signal,
    binFolder: process.env.PGVEIL_TEST_BIN,
  })
  const owner = statSync(cluster.folder)
  for (const name of ['server.key', 'server.crt']) {
    const file = join(cluster.folder, name)
    copyFileSync(folder.file(name), file)
    chmodSync(file, 0o600)
    if (process.getuid?.() === 0) chownSync(file, owner.uid, owner.gid)
  }
  const session = await Session.open(cluster.target('postgres'))
  await session.run(sql`ALTER SYSTEM SET ssl_key_file = ${literal(join(cluster.folder, 'server.key'))}`)
  await session.run(sql`ALTER SYSTEM SET ssl_cert_file = ${literal(join(cluster.folder, 'server.crt'))}`)
  await session.run(sql`ALTER SYSTEM SET ssl = on`)
  await session.run(sql`SELECT pg_reload_conf()`)
  await session.close()
})

afterAll(async () => {
  await cluster.stop()
  await folder[Symbol.asyncDispose]()
})

/** A server takes up a new configuration a moment after it was told to. */
async function isEncrypted(target: Target): Promise<boolean> {
  const session = await Session.open(target)
  try {
    const { ssl } = await session.row<{ ssl: boolean }>(
      sql`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`,
    )
    return ssl
  } finally {
    await session.close()
  }
}

function target(host: string, tls: Tls): Target {
  return { ...cluster.target('postgres'), host, tls }
}

describe('a connection', () => {
  test.each<[string, string, () => Tls, boolean]>([
    ['disable', 'localhost', () => ({ mode: 'disable' }), false],
    ['prefer', 'localhost', () => ({ mode: 'prefer' }), true],
    ['require', 'localhost', () => ({ mode: 'require' }), true],
    [
      'verify-ca by another name',
      '127.0.0.1',
      () => ({ mode: 'verify-ca', rootCertificate: folder.file('authority.crt') }),
      true,
    ],
    [
      'verify-full',
      'localhost',
      () => ({ mode: 'verify-full', rootCertificate: folder.file('authority.crt') }),
      true,
    ],
  ])('%s is had', async (_, host, tls, encrypted) => {
    const giveUp = performance.now() + 5000
    for (;;) {
      const was = await isEncrypted(target(host, tls())).catch(() => undefined)
      if (was === encrypted || performance.now() > giveUp) {
        expect(was).toBe(encrypted)
        break
      }
      await Bun.sleep(20)
    }
    // The connections that copy rows go the same way.
    const copies = await CopySession.open(target(host, tls()), sql`SELECT 1`, new AbortController().signal)
    let text = ''
    for await (const { bytes } of copies.copyOut(
      sql`COPY (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) TO STDOUT`,
    )) {
      text += new TextDecoder().decode(bytes)
    }
    await copies.close()
    expect(text).toBe(`${encrypted ? 't' : 'f'}\n`)
  })

  test.each<[string, string, () => Tls]>([
    [
      'verify-full by another name',
      '127.0.0.1',
      () => ({ mode: 'verify-full', rootCertificate: folder.file('authority.crt') }),
    ],
    [
      'verify-ca by another authority',
      'localhost',
      () => ({ mode: 'verify-ca', rootCertificate: folder.file('stranger.crt') }),
    ],
    [
      'require with another authority at hand',
      'localhost',
      () => ({ mode: 'require', rootCertificate: folder.file('stranger.crt') }),
    ],
    ['verify-full by no authority', 'localhost', () => ({ mode: 'verify-full' })],
  ])('%s is refused', async (_, host, tls) => {
    expect((await faultOf(isEncrypted(target(host, tls())).then(() => {}))).code).toBe('connection-failed')
  })
})

test('a file for TLS that is none, has no end or keeps its reader waiting is refused, all by the same words', async () => {
  const pipe = folder.file('pipe')
  expect(Bun.spawnSync(['mkfifo', pipe]).exitCode).toBe(0)
  for (const rootCertificate of [pipe, '/dev/zero', '/', folder.file('nothing')]) {
    const refused = await faultOf(
      isEncrypted(target('localhost', { mode: 'require', rootCertificate })).then(() => {}),
    )
    expect([refused.code, refused.message]).toEqual(['connection-options', 'A file for TLS cannot be read.'])
  }
})
