// All commands of `millrace`; the README's table is tested against this one.

import { backfillCommand } from './backfill.ts'
import type { Command } from './command.ts'
import { conflictsCommand } from './conflicts.ts'
import { deadCommand } from './dead.ts'
import { demoCommand } from './demo.ts'
import { doctorCommand } from './doctor.ts'
import { gapsCommand } from './gaps.ts'
import { importCommand } from './import.ts'
import { notifyCommand } from './notify.ts'
import { repairCommand } from './repair.ts'
import { replayCommand } from './replay.ts'
import { rollbackCommand } from './rollback.ts'
import { runsCommand } from './runs.ts'
import { startCommand } from './start.ts'
import { statusCommand } from './status.ts'
import { syncCommand } from './sync.ts'
import type { System } from './system.ts'
import { verifyCommand } from './verify.ts'

export function commands(system: System): readonly Command[] {
  const demo = demoCommand(system)
  const running = [syncCommand(system), backfillCommand(system), replayCommand(system)]
  const kept = [importCommand(system), rollbackCommand(system), runsCommand(system)]
  const mending = [verifyCommand(system), deadCommand(system), gapsCommand(system), repairCommand(system)]
  const looking = [doctorCommand(system), notifyCommand(system), statusCommand(system)]
  return [startCommand(system, demo), demo, ...looking, ...running, ...kept, ...mending, conflictsCommand(system)]
}
