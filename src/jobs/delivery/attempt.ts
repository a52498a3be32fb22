import { Fault } from '../../lib/fault.ts'

/** What came of one attempt to deliver. `outcome` is for people and holds no secret. */
export type Attempt =
  /** The receiver has it, or has said that it does not want it. */
  | { readonly kind: 'through'; readonly outcome: string; readonly accepted: boolean }
  /** Nobody answered, or a server that could not: another attempt may do better, after the pause (milliseconds) it asked for. */
  | { readonly kind: 'again'; readonly outcome: string; readonly pause?: number | undefined }

/** One thing to deliver. A receiver that is sent the same twice knows it by the id. */
export interface Delivery {
  readonly id: string
  /** JSON. */
  readonly body: string
}

export function failedAttempt(error: unknown): Attempt {
  return { kind: 'again', outcome: reasonOf(error) }
}

/** Never the URL, which may hold a token. */
function reasonOf(error: unknown): string {
  if (error instanceof Fault) return error.message
  const { name, code } = error as { name?: string; code?: string }
  if (name === 'TimeoutError') return 'no answer in time'
  return code ?? name ?? 'no answer'
}
