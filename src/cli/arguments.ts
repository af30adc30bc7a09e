// The words of a command line, checked against what the command takes; whoever mistypes gets told what was meant.

import { parseArgs } from 'node:util'
import { MillraceError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { COMMON_OPTIONS, type Command, type OptionSpec } from './command.ts'

export interface Given {
  readonly options: ReadonlyMap<string, string>
  readonly words: readonly string[]
}

export function parseArguments(command: Command, words: readonly string[]): Given {
  const known: Readonly<Record<string, OptionSpec>> = { ...command.options, ...COMMON_OPTIONS }
  const options = Object.entries(known).map(([name, { value }]) => {
    return [name, { type: value === undefined ? ('boolean' as const) : ('string' as const) }] as const
  })
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const found = new Map<string, string>()
  const others: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (command.words === undefined) throw invalid(command, `takes no argument "${token.value}"`)
      others.push(token.value)
    }
    if (token.kind === 'option') found.set(token.name, checkedValue(command, known[token.name], token))
  }
  return { options: found, words: others }
}

interface OptionToken {
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
}

function checkedValue(command: Command, spec: OptionSpec | undefined, { name, rawName, value }: OptionToken): string {
  if (spec === undefined) {
    const meant = nearest(name, [...Object.keys(command.options), ...Object.keys(COMMON_OPTIONS)])
    throw invalid(command, `has no option ${rawName}${meant === null ? '' : `; did you mean --${meant}?`}`)
  }
  if (spec.value === undefined) {
    if (value !== undefined) throw invalid(command, `takes ${rawName} without a value`)
    return ''
  }
  if (value === undefined || value === '') throw invalid(command, `needs a value: ${rawName} ${spec.value}`)
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw invalid(command, `takes ${spec.choices.join(', ')} for ${rawName}, not "${value}"`)
  }
  return value
}

function invalid(command: Command, what: string): MillraceError {
  const hint = `See \`millrace ${command.name} --help\`.`
  return new MillraceError('COMMAND_INVALID', `millrace ${command.name} ${what}`, { hint })
}
