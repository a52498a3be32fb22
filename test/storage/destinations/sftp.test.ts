import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { parseDestinationConfig } from '../../../src/storage/destinations/config.ts'
import { openDestination, testDestination } from '../../../src/storage/destinations/open.ts'
import { faultOf } from '../../server/faults.ts'
import { opened } from './places.ts'
import { passwordServer } from './servers/password.ts'
import { freePort } from './servers/port.ts'
import { SshServer } from './servers/sshd.ts'
import { bytesOf, megabytes, text } from './streams.ts'

const { signal } = new AbortController()

let server: SshServer
beforeAll(async () => {
  server = await SshServer.start()
})
afterAll(() => server[Symbol.asyncDispose]())

const fingerprintOf = (name: string) =>
  Bun.spawnSync(['ssh-keygen', '-l', '-f', server.folder.file(name)])
    .stdout.toString()
    .split(' ')[1] as string

describe('the host key', () => {
  test.each(['host_ed25519.pub', 'host_rsa.pub'])(
    '%s is known as a line and as a fingerprint',
    async (name) => {
      for (const hostKey of [server.key(name), fingerprintOf(name)]) {
        await using destination = await opened('sftp', { ...server.config, hostKey })
        await testDestination(destination, signal)
      }
    },
  )

  test.each(['a line', 'a fingerprint'])(
    'of another server, as %s, ends the connection before any secret is told',
    async (as) => {
      const hostKey = as === 'a line' ? server.key('stranger.pub') : fingerprintOf('stranger.pub')
      await using destination = await opened('sftp', { ...server.config, hostKey })
      const acts = [
        () => destination.put('x', text('x'), signal),
        () => bytesOf(destination.get('x', signal)),
        () => destination.find('x', signal),
        () => Array.fromAsync(destination.list('', signal)),
        () => destination.remove('x', signal),
        () => destination.sweep('', signal),
      ]
      for (const act of acts) {
        const fault = await faultOf(act())
        expect(fault.code).toBe('host-key')
        expect(fault.message).toContain(fingerprintOf('host_ed25519.pub'))
      }
    },
  )

  test('of a type that the server does not have is told', async () => {
    await using only = await passwordServer({
      hostKey: server.key('host_rsa'),
      password: 'sesame',
      asking: 'password',
    })
    await using destination = await opened('sftp', { ...server.config, port: only.port })
    expect((await faultOf(destination.find('x', signal))).code).toBe('host-key')
  })
})

describe('logging in', () => {
  test('by a key with a passphrase works', async () => {
    const config = { ...server.config, privateKey: server.key('user_locked'), passphrase: 'correct horse' }
    await using destination = await opened('sftp', config)
    await testDestination(destination, signal)
  })

  test.each([
    ['a wrong passphrase', { passphrase: 'sesame-wrong' }, 'passphrase'],
    ['no passphrase', {}, 'passphrase'],
    ['a key that is none', { privateKey: 'sesame-no-key' }, 'privateKey'],
  ])('with %s is refused here, and the field is named', async (_, change, field) => {
    await using destination = await opened('sftp', {
      ...server.config,
      privateKey: server.key('user_locked'),
      ...change,
    })
    const fault = await faultOf(destination.find('x', signal))
    expect(fault.code).toBe('adapter-config')
    expect(fault.place?.field).toBe(field)
    expect(Bun.inspect(fault, { depth: 20 })).not.toContain('sesame')
  })

  test('with the key of a stranger is refused by the server, and the key is not told', async () => {
    const privateKey = server.key('stranger')
    await using destination = await opened('sftp', { ...server.config, privateKey })
    const fault = await faultOf(destination.put('x', text('x'), signal))
    expect(fault.code).toBe('storage-failed')
    expect(fault.remedy).toContain('privateKey')
    expect(Bun.inspect(fault, { depth: 20 })).not.toContain(privateKey.split('\n')[2] as string)
  })

  test.each(['password', 'keyboard-interactive'] as const)(
    'by a password works, asked for by %s',
    async (asking) => {
      await using only = await passwordServer({
        hostKey: server.key('host_ed25519'),
        password: 'sesame',
        asking,
      })
      const config = { host: '127.0.0.1', port: only.port, username: 'somebody', hostKey: only.fingerprint }
      await using right = await opened('sftp', { ...config, password: 'sesame' })
      expect(await Array.fromAsync(right.list('', signal))).toEqual([])
      expect(only.sessions).toBe(1)
      await using wrong = await opened('sftp', { ...config, password: 'sesame-wrong' })
      const fault = await faultOf(Array.fromAsync(wrong.list('', signal)))
      expect(fault.code).toBe('storage-failed')
      expect(fault.remedy).toContain('password')
      expect(Bun.inspect(fault, { depth: 20 })).not.toContain('sesame')
      expect(only.sessions).toBe(1)
    },
  )
})

describe('a server that cannot be reached', () => {
  test('because nobody listens is told', async () => {
    await using destination = await opened('sftp', { ...server.config, port: await freePort() })
    const fault = await faultOf(destination.find('x', signal))
    expect(fault.code).toBe('storage-failed')
    expect(fault.message).toContain('ECONNREFUSED')
  })

  test('because the name has no address is told', async () => {
    await using destination = await opened('sftp', { ...server.config, host: 'nowhere.invalid' })
    expect((await faultOf(destination.find('x', signal))).message).toContain('nowhere.invalid')
  })

  test.each(['169.254.169.254', '::ffff:169.254.169.254'])('because %s is refused', async (host) => {
    await using destination = await opened('sftp', { ...server.config, host })
    expect((await faultOf(destination.find('x', signal))).code).toBe('address-refused')
  })

  test('because it is not on the list of allowed hosts', async () => {
    const config = parseDestinationConfig('sftp', server.config)
    const destination = await openDestination(config, { hosts: { allowed: ['.example.org'] } })
    expect((await faultOf(destination.find('x', signal))).code).toBe('address-refused')
  })

  test('because it is deaf is not waited for after an abort', async () => {
    const controller = new AbortController()
    const reason = new Error('told to stop')
    const deaf = createServer(() => controller.abort(reason))
    await new Promise<void>((listening) => deaf.listen(0, '127.0.0.1', listening))
    const { port } = deaf.address() as { port: number }
    await using destination = await opened('sftp', { ...server.config, port })
    expect(await destination.find('x', controller.signal).catch((error) => error)).toBe(reason)
    deaf.close()
  })
})

test('links on the server are no files', async () => {
  const root = join(server.root, 'links')
  await mkdir(join(root, 'folder'), { recursive: true })
  await writeFile(join(server.root, 'secret'), 'secret')
  await symlink(join(server.root, 'secret'), join(root, 'file'))
  await symlink(server.root, join(root, 'folder/up'))
  await using destination = await opened('sftp', { ...server.config, pathPrefix: root })
  expect(await Array.fromAsync(destination.list('', signal))).toEqual([])
  expect(await destination.find('file', signal)).toBeUndefined()
  expect((await faultOf(bytesOf(destination.get('file', signal)))).code).toBe('storage-file-missing')
})

test('partial files are not listed, and are swept below the folder alone', async () => {
  const root = join(server.root, 'partial')
  for (const name of ['mine', 'mine2']) {
    await mkdir(join(root, name, 'deep'), { recursive: true })
    await writeFile(join(root, name, 'deep/x.dump.partial-0123456789abcdef'), 'x')
  }
  await using destination = await opened('sftp', { ...server.config, pathPrefix: root })
  expect(await Array.fromAsync(destination.list('', signal))).toEqual([])
  await destination.sweep('mine', signal)
  expect(await readdir(root)).toEqual(['mine2'])
  expect(await readdir(join(root, 'mine2/deep'))).toHaveLength(1)
})

test('a connection that broke while it was idle is replaced by another', async () => {
  await using own = await SshServer.start()
  await using destination = await opened('sftp', own.config)
  await destination.put('x', text('x'), signal)
  await own.kill()
  await own.run()
  expect(await destination.find('x', signal)).toMatchObject({ size: 1 })
})

test('an abort of one file does not end another', async () => {
  await using destination = await opened('sftp', { ...server.config, pathPrefix: join(server.root, 'two') })
  const controller = new AbortController()
  const aborted = destination.put(
    'left',
    megabytes(40, (number) => {
      if (number === 20) controller.abort(new Error('told to stop'))
    }),
    controller.signal,
  )
  const [left] = await Promise.allSettled([aborted, destination.put('right', megabytes(40), signal)])
  expect(left.status).toBe('rejected')
  expect((await Array.fromAsync(destination.list('', signal))).map(({ path }) => path)).toEqual(['right'])
})
