import { Secret } from '../lib/secret.ts'
import type { Target } from '../postgres/connection/target.ts'
import type { TaskTarget } from './task.ts'

/** A target with its password in plain text: for a pipe to a worker, and for what is sealed. */
export function plainTarget({ password, ...target }: Target): TaskTarget {
  return { ...target, password: password?.reveal() }
}

export function targetOf({ password, ...target }: TaskTarget): Target {
  return { ...target, password: password === undefined ? undefined : new Secret(password) }
}
