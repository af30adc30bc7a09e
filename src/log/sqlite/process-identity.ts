// Names a process so that others can tell when it is surely dead: a kill then costs no waiting. Where the system does
// not say (anything but Linux, another container), nobody is surely dead and a beat that stands still has to do.

import { readFileSync, readlinkSync } from 'node:fs'

interface ProcessIdentity {
  /** Which start of the machine, and which namespace of process numbers in it. */
  readonly world: string
  readonly pid: number
  /** Clock ticks from the start of the machine to the start of the process: process numbers are used again. */
  readonly start: string
}

export function ownProcess(): string {
  const own: ProcessIdentity = { world: worldOf(), pid: process.pid, start: startOf('self') ?? '' }
  return JSON.stringify(own)
}

export function isSurelyDead(identity: string): boolean {
  const { world, pid, start }: ProcessIdentity = JSON.parse(identity)
  const [bootId, namespace] = worldOf().split(' ')
  if (bootId === undefined || bootId === '') return false
  if (!world.startsWith(bootId)) return true
  return world === `${bootId} ${namespace}` && startOf(pid) !== start
}

/** Empty where the system does not tell. */
function worldOf(): string {
  try {
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${bootId} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return ''
  }
}

/** Null for a process that has ended, also while its parent has not noticed. */
function startOf(pid: number | 'self'): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}
