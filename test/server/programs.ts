import { chooseProgram, findPrograms, type Program, type ProgramName } from '../../src/postgres/programs.ts'
import { clientEnvironment, type Target } from '../../src/postgres/target/target.ts'
import { testCluster } from './cluster.ts'

/** The client program that fits the server under test: its own, else the nearest newer one of this machine. */
export async function clientProgram(name: ProgramName): Promise<Program> {
  const cluster = await testCluster()
  const [own] = (await findPrograms(name, { PATH: cluster.binFolder })).filter((program) =>
    program.path.startsWith(cluster.binFolder),
  )
  return own ?? chooseProgram(name, cluster.server.major, process.env)
}

/** Runs one of PostgreSQL's client programs against a database and gives its standard output. */
export async function runClient(
  name: ProgramName,
  target: Target | undefined,
  args: readonly string[],
): Promise<string> {
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
  const exitCode = await child.exited
  if (exitCode !== 0) throw new Error(`${name} ended with code ${exitCode}: ${complaints}`)
  return output
}
