import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { Fault } from '../lib/fault.ts'

/** One of PostgreSQL's programs on this machine, with the version that it says it has. */
export interface Program {
  readonly path: string
  readonly major: number
  readonly version: string
}

export type ProgramName = 'pg_dump' | 'pg_restore' | 'psql' | 'postgres' | 'pg_basebackup'

/** The majors that pgveil works with. */
export const OLDEST_MAJOR = 13
export const NEWEST_MAJOR = 18

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Folders that hold PostgreSQL's programs: those on PATH, then the versioned ones of Debian, of the PGDG's packages
 * for Red Hat, of Homebrew (Apple silicon, Intel) and of Postgres.app.
 */
export function programFolders(environment: Environment): string[] {
  const versioned: readonly [string, string][] = [
    ['/usr/lib/postgresql', 'bin'],
    ['/usr', 'bin'],
    ['/opt/homebrew/opt', 'bin'],
    ['/usr/local/opt', 'bin'],
    ['/Applications/Postgres.app/Contents/Versions', 'bin'],
  ]
  const found = versioned.flatMap(([parent, inner]) =>
    listFolder(parent)
      .filter((name) => /^(\d+|pgsql-\d+|postgresql(@\d+)?|libpq|latest)$/.test(name))
      .map((name) => join(parent, name, inner)),
  )
  const onPath = (environment.PATH ?? '').split(delimiter).filter(Boolean)
  return [...new Set([...onPath, ...found])]
}

/** All copies of a program that answer to --version, the newest first. */
export async function findPrograms(
  name: ProgramName,
  environment: Environment,
  identify: Identify = identifyProgram,
): Promise<Program[]> {
  const paths = programFolders(environment)
    .map((folder) => join(folder, name))
    .filter((path) => existsSync(path))
  const programs = await Promise.all(paths.map((path) => identify(path).catch(() => undefined)))
  return programs
    .filter((program) => program !== undefined)
    .sort((left, right) => right.major - left.major || left.path.localeCompare(right.path))
}

/** How a program is asked for its version. */
export type Identify = (path: string) => Promise<Program>

/** Asks a program for its version. Throws `program-missing`. */
export const identifyProgram: Identify = async (path) => {
  const missing = (cause?: unknown) =>
    new Fault('program-missing', `${path} is not a program of PostgreSQL that runs here.`, { cause })
  if (!existsSync(path)) throw missing()
  try {
    const child = Bun.spawn([path, '--version'], { stdin: 'ignore', stdout: 'pipe', stderr: 'ignore' })
    const answer = await new Response(child.stdout).text()
    const version = /\(PostgreSQL\) ((\d+)\S*)/.exec(answer)
    if ((await child.exited) !== 0 || !version?.[1] || !version[2]) throw missing()
    return { path, version: version[1], major: Number(version[2]) }
  } catch (error) {
    throw error instanceof Fault ? error : missing(error)
  }
}

/**
 * The copy of a client program to use with a server: one of the server's own major, else the nearest newer one, since
 * pg_dump refuses a server newer than itself. Throws `program-missing` or `program-version`.
 */
export async function chooseProgram(
  name: ProgramName,
  serverMajor: number,
  environment: Environment,
  identify: Identify = identifyProgram,
): Promise<Program> {
  const own = await ownProgram(name, serverMajor, environment, identify)
  if (own) return own
  const found = await findPrograms(name, environment, identify)
  if (found.length === 0) {
    throw new Fault('program-missing', `${name} was not found on this machine.`, {
      remedy: howToInstall('client', serverMajor),
    })
  }
  const fitting = found.findLast((program) => program.major >= serverMajor)
  if (fitting) return fitting
  throw new Fault(
    'program-version',
    `The newest ${name} here is ${found[0]?.version}, too old for a server of PostgreSQL ${serverMajor}.`,
    { remedy: howToInstall('client', serverMajor) },
  )
}

/**
 * The copy in a folder that is named after the major, where it is of it: to ask every copy takes 30 ms, since Debian's on
 * PATH is a script in Perl.
 */
async function ownProgram(
  name: ProgramName,
  major: number,
  environment: Environment,
  identify: Identify,
): Promise<Program | undefined> {
  const [path] = programsNamedAfter(name, environment, major)
  const program = path === undefined ? undefined : await identify(path).catch(() => undefined)
  return program?.major === major ? program : undefined
}

/** Copies of a program in folders that are named after a major: the one that is given, or any. */
export function programsNamedAfter(name: ProgramName, environment: Environment, major?: number): string[] {
  const named = new RegExp(`[/@-]${major ?? '\\d+'}/bin$`)
  return programFolders(environment)
    .filter((folder) => named.test(folder))
    .map((folder) => join(folder, name))
    .filter((path) => existsSync(path))
}

/** One line that says how to get PostgreSQL's programs on this platform. */
export function howToInstall(part: 'client' | 'server', major: number): string {
  if (process.platform === 'darwin') return `Install it: brew install postgresql@${major}`
  if (existsSync('/etc/debian_version')) {
    return part === 'client'
      ? `Install it: apt-get install postgresql-client-${major} (or postgresql-client)`
      : 'Install it: apt-get install postgresql'
  }
  if (existsSync('/etc/redhat-release'))
    return `Install it: dnf install postgresql${part === 'server' ? '-server' : ''}`
  if (existsSync('/etc/alpine-release'))
    return `Install it: apk add postgresql${major}${part === 'client' ? '-client' : ''}`
  return `Install PostgreSQL ${major} and put its bin folder on PATH.`
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
