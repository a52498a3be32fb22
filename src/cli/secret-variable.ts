import { Secret } from '../lib/secret.ts'

/** A secret of the environment; undefined where the variable is missing or empty. */
export function secretOf(variable: string): Secret | undefined {
  const value = process.env[variable]
  return value ? new Secret(value) : undefined
}
