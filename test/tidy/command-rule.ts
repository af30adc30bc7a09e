// A person does what a hint or the README says: the commands and options named there have to exist.

import { COMMON_OPTIONS, type Command } from '../../src/cli/command.ts'

/** Anything else is a template of the source. */
const NAMED = /`(?:npx )?millrace ([\w=| -]+)\\?`/gu
/** An option on its own, of whatever command. */
const OPTION = /`(--[a-z][a-z-]*)(?: [a-z]+)?\\?`/gu

/** `documents`: texts, sources too, by path. */
export function commandFaults(
  documents: ReadonlyMap<string, string>,
  commands: readonly Pick<Command, 'name' | 'options'>[],
): readonly string[] {
  const everyOption = commands.map(({ options }) => options).concat(COMMON_OPTIONS)
  const known = new Set(everyOption.flatMap(Object.keys).map((name) => `--${name}`))
  return [...documents].flatMap(([path, text]) => [
    ...[...text.matchAll(NAMED)].flatMap(([, words = '']) => fault(words, commands)).map((one) => `${path}: ${one}`),
    ...[...text.matchAll(OPTION)].flatMap(([, name = '']) =>
      known.has(name) ? [] : [`${path}: no command takes ${name}`],
    ),
  ])
}

function fault(words: string, commands: readonly Pick<Command, 'name' | 'options'>[]): readonly string[] {
  const [name = '', ...rest] = words.split(' ')
  if (name.startsWith('--') || /^[A-Z]/u.test(name)) return []
  const command = commands.find((one) => one.name === name)
  if (command === undefined) return [`there is no \`millrace ${name}\``]
  const options = rest.filter((word) => word.startsWith('--')).map((word) => word.slice(2).replace(/=.*$/u, ''))
  return options
    .filter((option) => !(option in command.options) && !(option in COMMON_OPTIONS))
    .map((option) => `\`millrace ${name}\` does not take --${option}`)
}
