import { expect, test } from 'vitest'
import { EXIT } from '../../src/cli/command.ts'
import { runService } from '../../src/cli/run-service.ts'
import type { System } from '../../src/cli/system.ts'
import { processTerminal } from '../../src/cli/terminal.ts'

test('asked to end while it was still reading its settings, it does not wait for servers that hang', async () => {
  const hanging = new Promise<never>(() => undefined)
  const packagedConnectors = new URL('../../connectors/', import.meta.url)
  const system = { version: '0.0.0', packagedConnectors, openLog: () => hanging } as unknown as System
  const env = { MILLRACE_MYSQL_URL: 'mysql://user:password@127.0.0.1:1/app', MILLRACE_LOG_LEVEL: 'silent' }
  const call = {
    env,
    options: new Map(),
    words: [],
    terminal: processTerminal(),
    isJson: false,
    signal: AbortSignal.abort(),
  }
  expect(await runService(system, call)).toBe(EXIT.failed)
})
