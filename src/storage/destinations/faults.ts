import { Fault } from '../../lib/fault.ts'

/** Enough of what a server says to know why; more could be anything. */
const LONGEST_REASON = 300

/** There is no such file. */
export function fileMissing(path: string): Fault {
  return new Fault('storage-file-missing', 'There is no such file in the destination.', {
    place: { file: path },
    remedy: 'List the destination to see what is there.',
  })
}

/**
 * What a destination could not do. The cause is not kept: errors of client libraries hold requests, and those hold
 * credentials.
 */
export function storageFailed(
  act: string,
  path: string,
  reason: string,
  remedy = 'Test the destination; then try again.',
): Fault {
  const message = `${act} failed: ${reason.replace(/[.\s]*$/, '')}.`
  return new Fault('storage-failed', message, { place: path === '' ? undefined : { file: path }, remedy })
}

/** What a server said, short and in one line, without the secrets that it may have repeated. */
export function withoutSecrets(text: string, secrets: readonly (string | undefined)[]): string {
  const plain = secrets
    .filter((secret) => secret !== undefined && secret !== '')
    .reduce<string>((kept, secret) => kept.replaceAll(secret as string, '[secret]'), text)
  const line = plain.replace(/[\p{Cc}\s]+/gu, ' ').trim()
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line
}
