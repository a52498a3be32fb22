import { findJob, type Job, listJobs } from '../../jobs/definitions/jobs.ts'
import { Fault } from '../../lib/fault.ts'
import type { State } from '../../store/state.ts'

/** A job by its name or its id. Throws `job-unknown`. */
export async function jobNamed(state: State, nameOrId: string): Promise<Job> {
  const jobs = await listJobs(state)
  const found = jobs.find(({ name, id }) => name === nameOrId || id === nameOrId)
  if (found) return findJob(state, found.id)
  const names = jobs.map(({ name }) => name).slice(0, 10)
  throw new Fault('job-unknown', `There is no job ${JSON.stringify(nameOrId)}.`, {
    remedy: names.length > 0 ? `There are: ${names.join(', ')}.` : 'Make one: pgveil apply jobs.yaml.',
  })
}
