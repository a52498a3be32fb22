import { Functions } from '../../compile/review/functions.ts'
import { readVolatileFunctions } from '../../postgres/introspect.ts'
import type { Snapshot } from '../../postgres/snapshot.ts'

/** What the source says of the functions that rules call. */
export async function readFunctions({ session, schemas }: Snapshot): Promise<Functions> {
  return new Functions(await readVolatileFunctions(session, schemas))
}
