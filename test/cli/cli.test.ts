import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { runCommand } from '../support/command.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

test('--version prints the version of the package', async () => {
  expect(await runCommand(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
})

test('--help lists the commands and the exit codes', async () => {
  const { code, out } = await runCommand(['--help'])
  expect(code).toBe(0)
  expect(out).toContain('Usage: millrace COMMAND')
  expect(out).toMatch(/^ {2}start +Move changes/m)
  expect(out).toMatch(/^ {2}doctor +Check settings/m)
  expect(out).toContain('0 done, 1 failed, 2 wrong usage, 3 nothing changed')
})

test('no command at all prints the same and is wrong usage', async () => {
  const { code, out } = await runCommand([])
  expect([code, out]).toEqual([2, (await runCommand(['--help'])).out])
})

test('--help after a command explains its options, whatever else is wrong', async () => {
  const { code, out } = await runCommand(['start', '--help'])
  expect(code).toBe(0)
  expect(out).toContain('Usage: millrace start [OPTIONS]')
  expect(out).toMatch(/--role all\|capture\|deliver\|control +run all of it/)
  expect(out).toMatch(/--config FILE +read settings from a file/)
})

test.each([
  ['a command with a slip', ['strat'], 'millrace has no command "strat"', 'Did you mean `millrace start`?'],
  ['a command that is none', ['fly'], 'millrace has no command "fly"', 'The commands are'],
  ['an option with a slip', ['start', '--rol=all'], 'has no option --rol; did you mean --role?', '--help'],
  ['an option that is none', ['doctor', '--frobnicate'], 'millrace doctor has no option --frobnicate', '--help'],
  ['an option without its value', ['start', '--role'], 'needs a value: --role ROLE', '--help'],
  ['a switch with a value', ['doctor', '--json=yes'], 'takes --json without a value', '--help'],
  [
    'a value out of range',
    ['start', '--role', 'boss'],
    'takes all, capture, deliver, control for --role, not "boss"',
    '',
  ],
  ['an argument too many', ['doctor', 'now'], 'millrace doctor takes no argument "now"', '--help'],
])('%s is wrong usage, and is told what was meant', async (_, args, message, hint) => {
  const { code, out, err } = await runCommand(args)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(`COMMAND_INVALID: `)
  expect(err).toContain(message)
  expect(err).toContain(hint)
  expect(err).not.toContain('    at ')
})

test('with --json an error is JSON on standard output', async () => {
  const { code, out, err } = await runCommand(['start', '--json'], { MILLRACE_HTTP_PORT: 'x' })
  expect([code, err]).toEqual([2, ''])
  const { error } = JSON.parse(out)
  expect(error.code).toBe('CONFIG_INVALID')
  expect(error.message).toContain('MILLRACE_MYSQL_URL is not set')
  expect(error.message).toContain('MILLRACE_HTTP_PORT is "x"')
  expect(error.hint).toContain('README')
})

test('all settings at fault are named at once, and no secret is shown', async () => {
  const { code, err } = await runCommand(['start'], {
    MILLRACE_MYSQL_URL: 'mysql://app:hunter2@db:3306',
    MILLRACE_LOGS: 'file:x',
    MILLRACE_FEEDBACK_TABEL: 'x',
  })
  expect(code).toBe(2)
  expect(err).toContain('3 settings are wrong')
  expect(err).toContain('mysql://app:***@db:3306')
  expect(err).toContain('MILLRACE_LOGS is not a setting; did you mean MILLRACE_LOG?')
  expect(err).toContain('MILLRACE_FEEDBACK_TABEL is not a setting; did you mean MILLRACE_FEEDBACK_TABLE?')
  expect(err).not.toContain('hunter2')
})

test('a config file that is not there is named', async () => {
  const { code, err } = await runCommand(['doctor', '--config', 'nowhere.env'])
  expect(code).toBe(2)
  expect(err).toContain('--config nowhere.env cannot be read')
})
