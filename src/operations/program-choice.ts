import { Fault } from '../lib/fault.ts'
import { chooseProgram, identifyProgram, type Program } from '../postgres/programs.ts'

/** Where a user said the client programs are; what is not said is looked for. */
export interface ProgramChoice {
  readonly pgDump?: string | undefined
  readonly pgRestore?: string | undefined
  /** By major of the server, from a configuration file; `default` for those not listed. */
  readonly byMajor: ReadonlyMap<
    string,
    { readonly pgDump?: string | undefined; readonly pgRestore?: string | undefined }
  >
}

/** Settles which pg_dump or pg_restore works with a server of this major. */
export async function settleProgram(
  choice: ProgramChoice,
  name: 'pg_dump' | 'pg_restore',
  serverMajor: number,
): Promise<Program> {
  const key = name === 'pg_dump' ? 'pgDump' : 'pgRestore'
  const configured = choice.byMajor.get(String(serverMajor)) ?? choice.byMajor.get('default')
  const path = choice[key] ?? configured?.[key]
  if (path === undefined) return chooseProgram(name, serverMajor, process.env)
  const program = await identifyProgram(path)
  if (program.major >= serverMajor) return program
  throw new Fault(
    'program-version',
    `${path} is of version ${program.version}, older than the server's ${serverMajor}.`,
    {
      remedy: `Name a ${name} of version ${serverMajor} or later, or name none.`,
    },
  )
}
