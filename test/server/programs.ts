import { clientEnvironment, type Target } from '../../src/postgres/connection/target.ts'
import { chooseProgram, findPrograms, type Program, type ProgramName } from '../../src/postgres/programs.ts'
import { testCluster } from './cluster.ts'

/** The client program that fits the server under test: its own, else the nearest newer one of this machine. */
export async function clientProgram(name: ProgramName): Promise<Program> {
  const cluster = await testCluster()
  const [own] = (await findPrograms(name, { PATH: cluster.binFolder })).filter((program) =>
    program.path.startsWith(cluster.binFolder),
  )
  return own ?? chooseProgram(name, cluster.server.major, process.env)
}

export interface ClientRun {
  readonly exitCode: number
  readonly output: string
  readonly complaints: string
}

/** Runs one of PostgreSQL's client programs against a database, however it ends. */
export async function tryClient(
  name: ProgramName,
  target: Target | undefined,
  args: readonly string[],
): Promise<ClientRun> {
  const program = await clientProgram(name)
  const environment = target
    ? clientEnvironment(target, process.env)
    : (process.env as Record<string, string>)
  const child = Bun.spawn([program.path, ...args], {
    env: environment,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [output, complaints] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { exitCode: await child.exited, output, complaints }
}

/** Runs one of PostgreSQL's client programs, which must succeed, and gives its standard output. */
export async function runClient(
  name: ProgramName,
  target: Target | undefined,
  args: readonly string[],
): Promise<string> {
  const { exitCode, output, complaints } = await tryClient(name, target, args)
  if (exitCode !== 0) throw new Error(`${name} ended with code ${exitCode}: ${complaints}`)
  return output
}

/** All of a database as text, structure and rows, without what differs by chance or is secret. */
export async function contentsOf(target: Target): Promise<string> {
  const text = await runClient('pg_dump', target, ['--no-subscriptions', target.database])
  return withRoutedRowsGathered(text)
    .replaceAll(/^\s*password '.*',?\n/gm, '')
    .replaceAll(/,\n\)/g, '\n)')
    .replaceAll(/^\\(un)?restrict .*$/gm, '')
}

/**
 * Into which partition a row hashed by an enum goes depends on the oids of the enum, which differ between databases.
 * pg_dump says where that is so; such rows are compared as one set.
 */
function withRoutedRowsGathered(text: string): string {
  const gathered: string[] = []
  const routed = /^-- load via partition root .*\n\n(COPY .*\n)([\s\S]*?)^\\\.$/gm
  const rest = text.replaceAll(routed, (_, copy: string, rows: string) => {
    gathered.push(
      ...rows
        .split('\n')
        .filter(Boolean)
        .map((row) => copy + row),
    )
    return copy
  })
  return `${rest}\n${gathered.sort().join('\n')}`
}
