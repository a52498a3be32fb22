import type { FaultWords } from '../../http/errors.ts'
import type { RefusalWords, RequestProblem } from '../../http/words.ts'
import { describeFault } from '../../jobs/describe-fault.ts'
import type { FaultCode } from '../../lib/fault-codes.ts'

/** Problems that one message lists. */
const MOST_PROBLEMS = 10

/** The document's one shape for all that goes wrong: `{"error": "…"}`; a request that makes no sense is 400. */
export const backupRefusals: RefusalWords = {
  body: (_, message) => ({ error: message }),
  invalid: (problems) => ({ error: problems.slice(0, MOST_PROBLEMS).map(sentenceOf).join(' ') }),
  invalidStatus: 400,
}

/** The field first, without the place where it stands: no name is in the path and in the body of one request. */
function sentenceOf({ loc, msg }: RequestProblem): string {
  const [place = 'request', ...path] = loc
  return `${path.length === 0 ? place : path.join('.')}: ${msg}.`
}

const STATUSES: Readonly<Partial<Record<FaultCode, 401 | 404 | 409 | 503>>> = {
  'adapter-unknown': 404,
  'job-unknown': 404,
  'profile-unknown': 404,
  'dictionary-unknown': 404,
  'api-key-unknown': 404,
  'system-task-unknown': 404,
  'run-unknown': 404,
  'storage-file-missing': 404,
  // The token of a link is all that its bearer shows.
  'download-link': 401,
  'name-taken': 409,
  'profile-in-use': 409,
  'dictionary-in-use': 409,
  'run-settled': 409,
  'backup-locked': 409,
  'queue-full': 503,
  interrupted: 503,
}

/** What is not listed is 400, an unreachable database or destination too: whoever set it up can mend it. */
export const backupWords: FaultWords = {
  status: ({ code }) => STATUSES[code] ?? 400,
  errorCode: (code) => code,
  message: (fault) => describeFault(fault).message,
}
