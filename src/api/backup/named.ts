import { Fault } from '../../lib/fault.ts'

/**
 * What a body names and is not there is a mistake in the body, 400, where the same code means 404 for what the path names:
 * look that up first, outside of this. A file that is not there is 404 wherever it is named.
 */
export async function namedInBody<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Fault && error.code.endsWith('-unknown')) {
      throw new Fault('job-invalid', error.message, {
        place: error.place,
        remedy: error.remedy,
        cause: error,
      })
    }
    throw error
  }
}
