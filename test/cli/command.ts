import { join } from 'node:path'
import type { Target } from '../../src/postgres/connection/target.ts'

const MAIN = join(import.meta.dir, '../../src/main.ts')

export interface CommandRun {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** A pgveil process that runs. */
export function startCommand(
  args: readonly string[],
  options: {
    readonly env?: Record<string, string>
    readonly cwd?: string
    readonly program?: readonly string[]
  } = {},
) {
  const program = options.program ?? [process.execPath, MAIN]
  return Bun.spawn([...program, ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...options.env },
    cwd: options.cwd ?? process.cwd(),
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
}

/** Runs pgveil to its end. */
export async function runCommand(...[args, options]: Parameters<typeof startCommand>): Promise<CommandRun> {
  const child = startCommand(args, options)
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { exitCode: await child.exited, stdout, stderr }
}

/** The target by pg_anon's options, without the password. */
export function connectionFlags(target: Target): string[] {
  return [
    `--db-host=${target.host}`,
    `--db-port=${target.port}`,
    `--db-name=${target.database}`,
    `--db-user=${target.user}`,
  ]
}

export function passwordEnvironment(target: Target): Record<string, string> {
  return { PGPASSWORD: target.password?.reveal() ?? '' }
}
