// Which rows a command is about, as options.

import type { Command } from './command.ts'

export const SCOPE_OPTIONS: Command['options'] = {
  connector: { value: 'NAME', about: 'for this connector; it may be left out where there is but one' },
  table: { value: 'TABLE', about: 'of this table; of all that the connector reads when left out' },
  venue: { value: 'ID', about: 'of this venue' },
  from: { value: 'KEY', about: 'from this primary key on; columns by comma' },
  to: { value: 'KEY', about: 'up to this primary key, itself included' },
  'changed-since': { value: 'TIME', about: 'changed at this time or later: 2026-01-31T12:00:00' },
  where: { value: 'COLUMN=VALUE', about: 'with this value in a column that the connector declares for it' },
}

export function scopeGiven(options: ReadonlyMap<string, string>): object {
  const key = (name: string) => options.get(name)?.split(',')
  const [column, ...value] = (options.get('where') ?? '').split('=')
  const bounds = { ...(key('from') && { from: key('from') }), ...(key('to') && { to: key('to') }) }
  return {
    ...(options.has('table') && { table: options.get('table') }),
    ...(options.has('venue') && { venue: options.get('venue') }),
    ...(Object.keys(bounds).length > 0 && { key: bounds }),
    ...(options.has('changed-since') && { changed_since: options.get('changed-since') }),
    ...(options.has('where') && { where: { [column ?? '']: value.join('=') } }),
  }
}
