// The `millrace` command: finds the command that was asked for, runs it, and turns whatever happens into an exit code
// and, for errors, one message with its code and a hint.

import { readEnvironment } from '../config.ts'
import { MillraceError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { redactText } from '../observe/redact.ts'
import { parseArguments } from './arguments.ts'
import { type Command, EXIT, type ExitCode } from './command.ts'
import { commandManual, manual } from './manual.ts'
import { stopSignal } from './stop-signal.ts'
import type { Terminal } from './terminal.ts'

export interface CliOptions {
  readonly commands: readonly Command[]
  readonly version: string
  readonly terminal: Terminal
}

export async function runCli(words: readonly string[], options: CliOptions): Promise<ExitCode> {
  try {
    return await dispatch(words, options)
  } catch (error) {
    return fail(error, { terminal: options.terminal, isJson: words.includes('--json') })
  }
}

async function dispatch(words: readonly string[], { commands, version, terminal }: CliOptions): Promise<ExitCode> {
  const [name = '--help', ...rest] = words
  if (name === '--help' || name === '-h' || name === 'help') {
    terminal.print(manual(commands))
    return words.length === 0 ? EXIT.wrongUsage : EXIT.done
  }
  if (name === '--version' || name === '-v') {
    terminal.print(`${version}\n`)
    return EXIT.done
  }
  const command = commands.find((one) => one.name === name)
  if (command === undefined) throw unknownCommand(name, commands)
  const given = parseArguments(command, rest)
  const { options } = given
  if (options.has('help')) {
    terminal.print(commandManual(command))
    return EXIT.done
  }
  using stop = stopSignal()
  const env = readEnvironment(process.env, options.get('config') ?? null)
  return await command.run({ ...given, terminal, env, isJson: options.has('json'), signal: stop.signal })
}

function unknownCommand(name: string, commands: readonly Command[]): MillraceError {
  const names = commands.map((command) => command.name)
  const meant = nearest(name, names)
  const hint = meant === null ? `The commands are ${names.join(', ')}.` : `Did you mean \`millrace ${meant}\`?`
  return new MillraceError('COMMAND_INVALID', `millrace has no command "${name}"`, { hint })
}

function fail(error: unknown, { terminal, isJson }: { terminal: Terminal; isJson: boolean }): ExitCode {
  const named = error instanceof MillraceError ? error : defect(error)
  const { code, hint } = named
  const message = redactText(named.message)
  if (isJson) terminal.print(`${JSON.stringify({ error: { code, message, hint } })}\n`)
  else terminal.warn(`millrace: ${code}: ${message}\n${hint}\n`)
  if (named.fate === 'crash' && !isJson) terminal.warn(`${redactText(String(stackOf(named)))}\n`)
  if (code === 'COMMAND_INVALID' || code === 'CONFIG_INVALID') return EXIT.wrongUsage
  return named.fate === 'stop' ? EXIT.needsPerson : EXIT.failed
}

function defect(cause: unknown): MillraceError {
  return new MillraceError('INTERNAL', cause instanceof Error ? cause.message : String(cause), { cause })
}

function stackOf(error: MillraceError): unknown {
  return error.cause instanceof Error ? error.cause.stack : error.stack
}
