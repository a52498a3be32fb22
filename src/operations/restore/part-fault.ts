import { Fault } from '../../lib/fault.ts'

/** A restore that ended at an object when others were there already. */
export function partFault(message: string, relation: string | undefined): Fault {
  return new Fault('restore-failed', message, {
    place: { relation },
    remedy: 'The target holds a part of the archive now; restore again with --clean-db or --drop-db.',
  })
}
