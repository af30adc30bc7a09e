// The environment variable of a connector's setting.

import type { Connector } from './connector.ts'

export function settingVariable({ name, twin, source }: Pick<Connector, 'name' | 'twin' | 'source'>, setting: string) {
  const owner = twin !== undefined && source === 'dynamodb' ? twin : name
  return `MILLRACE_${owner}_${setting}`.replaceAll('-', '_').toUpperCase()
}
