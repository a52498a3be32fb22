import { Fault, type Finding } from '../../lib/fault.ts'
import { stillContained } from '../../store/contained-path.ts'

/**
 * Works on the folder of an archive, which is looked at again just before, and tells of faults without the place of the
 * output folder on this machine. Throws `path-refused`.
 */
export async function inArchivePlace<Result>(
  outputFolder: string | undefined,
  place: string,
  act: (folder: string) => Promise<Result>,
): Promise<Result> {
  // A run that an earlier version wrote down does not say below which folder its own must lie.
  if (outputFolder === undefined) return act(place)
  try {
    return await act(await stillContained(outputFolder, place))
  } catch (error) {
    throw error instanceof Fault ? relativeTo(`${outputFolder}/`, error) : error
  }
}

function relativeTo(prefix: string, fault: Fault): Fault {
  const told = (text: string) => text.replaceAll(prefix, '')
  const findings = fault.findings.map(
    ({ message, remedy, place, ...finding }): Finding => ({
      ...finding,
      message: told(message),
      ...(remedy !== undefined && { remedy: told(remedy) }),
      ...(place && { place: { ...place, ...(place.file !== undefined && { file: told(place.file) }) } }),
    }),
  )
  return Object.assign(Fault.of(findings), { cause: fault.cause })
}
