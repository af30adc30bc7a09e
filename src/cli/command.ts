// What a command of `millrace` is: data for its manual and its arguments, and one function.

import type { Environment } from '../config.ts'
import type { Terminal } from './terminal.ts'

/** The exit codes, fixed for scripts. */
export const EXIT = { done: 0, failed: 1, wrongUsage: 2, needsPerson: 3 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

export interface OptionSpec {
  readonly about: string
  /** What stands for the value in the manual; an option without it is a switch. */
  readonly value?: string
  readonly choices?: readonly string[]
}

export interface Call {
  /** The options given, by name; a switch is ''. */
  readonly options: ReadonlyMap<string, string>
  /** What else stands on the line, in order. */
  readonly words: readonly string[]
  readonly terminal: Terminal
  /** The environment, over the file that --config names. */
  readonly env: Environment
  readonly isJson: boolean
  /** Aborts when the user wants it to end: finish what is in hand. */
  readonly signal: AbortSignal
}

export interface Command {
  readonly name: string
  readonly about: string
  /** The words it takes, as the manual shows them; none when left out. */
  readonly words?: string
  readonly options: Readonly<Record<string, OptionSpec>>
  readonly run: (call: Call) => Promise<ExitCode>
}

/** What every command takes. */
export const COMMON_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  config: { value: 'FILE', about: 'read settings from a file of NAME=VALUE lines; the environment wins over it' },
  json: { about: 'print JSON' },
  help: { about: 'print this' },
}
