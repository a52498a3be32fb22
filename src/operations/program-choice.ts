import { Fault } from '../lib/fault.ts'
import {
  chooseProgram,
  type Identify,
  identifyProgram,
  type Program,
  programsNamedAfter,
} from '../postgres/programs.ts'

type ClientProgram = 'pg_dump' | 'pg_restore'

const KEY = { pg_dump: 'pgDump', pg_restore: 'pgRestore' } as const

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
  name: ClientProgram,
  serverMajor: number,
  identify: Identify = identifyProgram,
): Promise<Program> {
  const configured = choice.byMajor.get(String(serverMajor)) ?? choice.byMajor.get('default')
  const path = choice[KEY[name]] ?? configured?.[KEY[name]]
  if (path === undefined) return chooseProgram(name, serverMajor, process.env, identify)
  const program = await identify(path)
  if (program.major >= serverMajor) return program
  throw new Fault(
    'program-version',
    `${path} is of version ${program.version}, older than the server's ${serverMajor}.`,
    {
      remedy: `Name a ${name} of version ${serverMajor} or later, or name none.`,
    },
  )
}

/**
 * Asks the copies that are likely to be settled on for their versions, before the server's major is known: 15 ms that pass
 * while a connection is opened. Each is asked once.
 */
export function identifyAhead(choice: ProgramChoice, name: ClientProgram): Identify {
  const asked = new Map<string, Promise<Program>>()
  const identify: Identify = (path) => {
    const program = asked.get(path) ?? identifyProgram(path)
    asked.set(path, program)
    return program
  }
  const path = choice[KEY[name]]
  const likely = path === undefined ? programsNamedAfter(name, process.env) : [path]
  // Whoever settles on one hears of its failure.
  for (const one of likely) identify(one).catch(() => {})
  return identify
}
