// What `--help` prints.

import { COMMON_OPTIONS, type Command, type OptionSpec } from './command.ts'

export function manual(commands: readonly Command[]): string {
  const rows = commands.map(({ name, about }) => [name, about] as const)
  return [
    'millrace moves every change between MySQL and DynamoDB through a durable log.',
    '',
    'Usage: millrace COMMAND [OPTIONS]',
    '',
    'Commands:',
    ...columns(rows),
    '',
    '`millrace COMMAND --help` lists the options of one; settings come from the environment, see the README.',
    'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing changed because something needs a person.',
    '',
  ].join('\n')
}

export function commandManual({ name, about, words, options }: Command): string {
  const rows = Object.entries({ ...options, ...COMMON_OPTIONS }).map(([option, spec]) => row(option, spec))
  return [
    about,
    '',
    `Usage: millrace ${name} ${words === undefined ? '' : `${words} `}[OPTIONS]`,
    '',
    'Options:',
    ...columns(rows),
    '',
  ].join('\n')
}

function row(name: string, { about, value, choices }: OptionSpec): readonly [string, string] {
  const said = choices === undefined ? value : choices.join('|')
  return [`--${name}${said === undefined ? '' : ` ${said}`}`, about]
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}
