import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'

/** Names one process of one machine, also after its number was given to another one. */
export interface ProcessIdentity {
  readonly host: string
  readonly pid: number
  /** When the kernel started it, in its own units; null where the system does not tell. */
  readonly startedAt: string | null
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  return { host: hostname(), pid: process.pid, startedAt: await startOf(process.pid) }
}

/** Whether the process still runs. Ask only about processes of this host. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  try {
    process.kill(identity.pid, 0)
  } catch (error) {
    // EPERM: it runs, under another user.
    if ((error as { code?: string }).code !== 'EPERM') return false
  }
  const startedAt = await startOf(identity.pid)
  return startedAt === null || identity.startedAt === null || startedAt === identity.startedAt
}

/** The boot's id with the 22nd field of /proc/PID/stat, the start in clock ticks since boot. Linux only. */
async function startOf(pid: number): Promise<string | null> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8')
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    // The second field is the program's name in parentheses, which may hold blanks.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ')
    return `${boot.trim()}:${fields[19]}`
  } catch {
    return null
  }
}
