// Which parts of an import come out of one walk through their source: those that follow the table they are walked with.

import type { Connector } from '../core/connector.ts'
import type { ImportPart } from './import-scope.ts'

export interface ImportWalk {
  /** Which part its first one is. */
  readonly first: number
  readonly parts: readonly [ImportPart, ...ImportPart[]]
}

export function importWalks(
  { tables }: Pick<Connector, 'tables'>,
  parts: readonly ImportPart[],
): readonly ImportWalk[] {
  const walks: ImportWalk[] = []
  for (const [index, part] of parts.entries()) {
    const last = walks.at(-1)
    const isBeside =
      last !== undefined &&
      tables[part.table]?.walkedWith === last.parts[0].table &&
      JSON.stringify(part.from) === JSON.stringify(last.parts[0].from) &&
      last.parts.every(({ table }) => table !== part.table)
    if (isBeside) walks[walks.length - 1] = { ...last, parts: [...last.parts, part] }
    else walks.push({ first: index, parts: [part] })
  }
  return walks
}
