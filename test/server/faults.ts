import { Fault } from '../../src/lib/fault.ts'

/** The fault that some work ends with; an error of any other kind, or none at all, fails the test. */
export async function faultOf(work: Promise<unknown>): Promise<Fault> {
  try {
    await work
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('the work succeeded where it should have been refused')
}
