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
  return identityOf(process.pid)
}

/** Of a process of this host that runs. */
export async function identityOf(pid: number): Promise<ProcessIdentity> {
  return { host: hostname(), pid, startedAt: await startOf(pid) }
}

/** Whether the process still runs. Ask only about processes of this host. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  try {
    process.kill(identity.pid, 0)
  } catch (error) {
    // EPERM: it runs, under another user.
    if ((error as { code?: string }).code !== 'EPERM') return false
  }
  const found = await statOf(identity.pid)
  // In a container whose first process reaps nobody, one that has ended stays for ever as a zombie.
  if (found?.state === 'Z') return false
  return !found || identity.startedAt === null || found.startedAt === identity.startedAt
}

async function startOf(pid: number): Promise<string | null> {
  return (await statOf(pid))?.startedAt ?? null
}

/** From /proc/PID/stat: the state, and the boot's id with the 22nd field, the start in clock ticks since boot. Linux only. */
async function statOf(pid: number): Promise<{ state: string | undefined; startedAt: string } | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8')
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    // The second field is the program's name in parentheses, which may hold blanks.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0], startedAt: `${boot.trim()}:${fields[19]}` }
  } catch {
    return undefined
  }
}
