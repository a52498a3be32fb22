import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { TestFolder } from '../../../server/folder.ts'
import { freePort, untilListening } from './port.ts'

/**
 * OpenSSH's server on a free port of the loopback address, with keys and a folder of its own; it lets in the user that
 * runs the tests, by a key. Declare it by `await using`.
 */
export class SshServer implements AsyncDisposable {
  #child: Bun.Subprocess | undefined

  private constructor(
    readonly port: number,
    readonly folder: TestFolder,
  ) {}

  static async start(): Promise<SshServer> {
    const server = new SshServer(await freePort(), await TestFolder.create())
    mkdirSync(server.root)
    const { folder } = server
    makeKey(folder.file('host_ed25519'), 'ed25519')
    makeKey(folder.file('host_rsa'), 'rsa')
    makeKey(folder.file('user'), 'ed25519')
    makeKey(folder.file('user_locked'), 'ed25519', 'correct horse')
    makeKey(folder.file('stranger'), 'ed25519')
    writeFileSync(
      folder.file('authorized_keys'),
      ['user', 'user_locked'].map((name) => readFileSync(folder.file(`${name}.pub`), 'utf8')).join(''),
    )
    await server.run()
    return server
  }

  /** Where the files lie that destinations keep there. */
  get root(): string {
    return this.folder.file('files')
  }

  /** The config of a destination in its folder. */
  get config() {
    return {
      host: '127.0.0.1',
      port: this.port,
      username: Bun.spawnSync(['id', '-un']).stdout.toString().trim(),
      privateKey: this.key('user'),
      pathPrefix: `${this.root}/backups`,
      hostKey: this.key('host_ed25519.pub'),
    }
  }

  /** The text of one of its files of keys. */
  key(name: string): string {
    return readFileSync(this.folder.file(name), 'utf8')
  }

  /** Ends it and all its connections as a crash does. */
  async kill(): Promise<void> {
    const child = this.#child
    if (!child) return
    for (const pid of [child.pid, ...descendantsOf(child.pid)]) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended by itself meanwhile.
      }
    }
    await child.exited
  }

  /** Starts it, also again, with the same keys. */
  async run(): Promise<void> {
    const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', Bun.which('sshd')].find(
      (path) => path && existsSync(path),
    )
    if (!sshd) throw new Error('sshd is not installed. Run: sh .ci/setup tests (Debian: openssh-server)')
    // Where a server that runs as root locks up the part of itself that talks to strangers.
    if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
    const config = this.folder.file('sshd_config')
    const lines = [
      `Port ${this.port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${this.folder.file('host_ed25519')}`,
      `HostKey ${this.folder.file('host_rsa')}`,
      `AuthorizedKeysFile ${this.folder.file('authorized_keys')}`,
      'PidFile none',
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'MaxStartups 100',
      'Subsystem sftp internal-sftp',
    ]
    // Since OpenSSH 9.8 who failed to log in is kept waiting, and that is what some tests do.
    writeFileSync(config, [...lines, 'PerSourcePenalties no', ''].join('\n'))
    if (!Bun.spawnSync([sshd, '-t', '-f', config]).success) writeFileSync(config, [...lines, ''].join('\n'))
    const log = this.folder.file('log')
    const child = Bun.spawn([sshd, '-D', '-e', '-f', config], {
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: Bun.file(log),
    })
    this.#child = child
    await untilListening(this.port, child, () => readFileSync(log, 'utf8'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await this.folder[Symbol.asyncDispose]()
  }
}

function makeKey(path: string, type: 'ed25519' | 'rsa', passphrase = ''): void {
  const made = Bun.spawnSync(['ssh-keygen', '-q', '-t', type, '-N', passphrase, '-C', 'test', '-f', path])
  if (!made.success) throw new Error(`ssh-keygen failed: ${made.stderr}`)
}

/** Each connection is a process, in a session of its own. */
function descendantsOf(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as const]
      } catch {
        return []
      }
    })
  const childrenOf = (parent: number): number[] =>
    parents.filter(([, of]) => of === parent).flatMap(([child]) => [child, ...childrenOf(child)])
  return childrenOf(pid)
}
