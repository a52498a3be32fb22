import { chown, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Fault } from '../lib/fault.ts'
import { Secret } from '../lib/secret.ts'
import { readLines } from './child.ts'
import type { Target } from './connection/target.ts'
import { findPrograms, howToInstall, NEWEST_MAJOR, OLDEST_MAJOR, type Program } from './programs.ts'
import { Session } from './session.ts'
import { type SupervisedProgram, spawnSupervised } from './supervised.ts'

const SUPERUSER = 'pgveil'

/** Users that a server can run as where we are root, which PostgreSQL refuses. */
const UNPRIVILEGED_USERS = ['postgres', 'nobody']

const START_MILLISECONDS = 60_000
const RETRY_MILLISECONDS = 25

interface SystemUser {
  readonly uid: number
  readonly gid: number
}

/**
 * A PostgreSQL server of our own, on loopback, in a folder of its own that goes when it stops. It ends when this process
 * ends, however that comes about; nothing of it is meant to last, so it does not wait for the disk.
 */
export class ThrowawayCluster {
  readonly folder: string
  readonly port: number
  readonly password: Secret
  readonly server: Program
  readonly #process: SupervisedProgram

  /** Of a server that was launched: `start` is the way to get one. */
  constructor(folder: string, port: number, password: Secret, server: Program, process: SupervisedProgram) {
    this.folder = folder
    this.port = port
    this.password = password
    this.server = server
    this.#process = process
  }

  /**
   * Creates and starts a cluster of the newest PostgreSQL of this machine, or of the one in `binFolder`. `settings` go
   * into postgresql.conf. Throws `program-missing`, `cluster-failed`.
   */
  static async start(options: {
    readonly signal: AbortSignal
    readonly binFolder?: string | undefined
    readonly settings?: Readonly<Record<string, string>> | undefined
    readonly initdbOptions?: readonly string[] | undefined
  }): Promise<ThrowawayCluster> {
    const server = await findServer(options.binFolder)
    const user = process.getuid?.() === 0 ? await unprivilegedUser() : undefined
    const folder = await mkdtemp(join(tmpdir(), 'pgveil-cluster-'))
    try {
      if (user) await chown(folder, user.uid, user.gid)
      const password = new Secret(crypto.randomUUID())
      await initialize(server, folder, user, password, options)
      return await launch(server, folder, user, password, options.signal)
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  target(database: string): Target {
    return {
      host: '127.0.0.1',
      port: this.port,
      database,
      user: SUPERUSER,
      password: this.password,
      tls: { mode: 'disable' },
      connectTimeout: 10,
    }
  }

  /** Folder of the server's programs. */
  get binFolder(): string {
    return dirname(this.server.path)
  }

  /** Lets the server run on when this process ends. Gives the id of the process that stops it on SIGTERM. */
  async keep(): Promise<number> {
    return this.#process.release()
  }

  async stop(): Promise<void> {
    await this.#process.end()
    await rm(this.folder, { recursive: true, force: true })
  }
}

async function findServer(binFolder: string | undefined): Promise<Program> {
  const found = binFolder
    ? await findPrograms('postgres', { PATH: binFolder })
    : await findPrograms('postgres', process.env)
  const usable = found.filter(
    ({ major, path }) =>
      major >= OLDEST_MAJOR && major <= NEWEST_MAJOR && (!binFolder || dirname(path) === binFolder),
  )
  const [server] = usable
  if (server) return server
  throw new Fault(
    'program-missing',
    `No PostgreSQL server of version ${OLDEST_MAJOR} to ${NEWEST_MAJOR} was found.`,
    {
      remedy: howToInstall('server', 17),
    },
  )
}

async function unprivilegedUser(): Promise<SystemUser> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  for (const name of UNPRIVILEGED_USERS) {
    const user = users.find(([login]) => login === name)
    if (user) return { uid: Number(user[2]), gid: Number(user[3]) }
  }
  throw new Fault(
    'cluster-failed',
    'PostgreSQL does not run as root, and there is no other user to run it as.',
    {
      remedy: 'Run the command as an ordinary user.',
    },
  )
}

async function initialize(
  server: Program,
  folder: string,
  user: SystemUser | undefined,
  password: Secret,
  options: {
    readonly settings?: Readonly<Record<string, string>> | undefined
    readonly initdbOptions?: readonly string[] | undefined
  },
): Promise<void> {
  const passwordFile = join(folder, 'password')
  await writeFile(passwordFile, `${password.reveal()}\n`, { mode: 0o600 })
  if (user) await chown(passwordFile, user.uid, user.gid)
  const child = Bun.spawn(
    [
      join(dirname(server.path), 'initdb'),
      `--pgdata=${join(folder, 'data')}`,
      `--username=${SUPERUSER}`,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
      ...(options.initdbOptions ?? []),
    ],
    { cwd: folder, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe', ...user },
  )
  const complaints = await readLines(child.stderr)
  await rm(passwordFile)
  if ((await child.exited) !== 0) throw clusterFault(`initdb failed: ${complaints.trim()}`)
  const settings = { ...SETTINGS, ...options.settings, unix_socket_directories: folder }
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`,
  )
  const handle = await open(join(folder, 'data', 'postgresql.conf'), 'a')
  await handle.write(lines.join(''))
  await handle.close()
}

/** Loopback only; and no waiting for a disk that nobody will read again. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '4GB',
  shared_buffers: '256MB',
  logging_collector: 'off',
  log_min_messages: 'fatal',
}

async function launch(
  server: Program,
  folder: string,
  user: SystemUser | undefined,
  password: Secret,
  signal: AbortSignal,
): Promise<ThrowawayCluster> {
  const port = await freePort()
  const command = [server.path, '-D', join(folder, 'data'), '-p', String(port)]
  const environment = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' }
  // QUIT ends a server at once, whoever is connected.
  const child = spawnSupervised(command, environment, signal, {
    endBy: 'QUIT',
    removeAfter: folder,
    cwd: folder,
    ...user,
  })
  const log = readLines(child.stderr)
  const cluster = new ThrowawayCluster(folder, port, password, server, child)
  const ended = child.exited.then(async () => {
    throw clusterFault(`the server ended: ${(await log).trim()}`)
  })
  ended.catch(() => {})
  await Promise.race([untilReady(cluster.target('postgres'), signal), ended])
  return cluster
}

/** Asks until the server lets us in. */
async function untilReady(target: Target, signal: AbortSignal): Promise<void> {
  const giveUp = performance.now() + START_MILLISECONDS
  for (;;) {
    signal.throwIfAborted()
    try {
      const session = await Session.open(target)
      await session.close()
      return
    } catch (error) {
      if (performance.now() > giveUp) throw error
      await Bun.sleep(RETRY_MILLISECONDS)
    }
  }
}

/** A port that nobody listens on now. Another program could take it in the moment before the server does. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', resolve)
  })
  const address = probe.address()
  await new Promise<void>((resolve) => probe.close(() => resolve()))
  if (address === null || typeof address === 'string') throw clusterFault('no free port was found')
  return address.port
}

function clusterFault(reason: string): Fault {
  return new Fault('cluster-failed', `The throw-away server could not be started: ${reason}`)
}
