// Which files may be imported: those in one folder, wherever links lead.

import { realpath, stat } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { MillraceError } from '../../core/errors.ts'

/** The file itself; throws where it is not there, or not in the folder. */
export async function importPath(folder: string, file: string): Promise<string> {
  const home = await realpath(folder).catch((cause: unknown) => {
    throw new MillraceError('IMPORT_REFUSED', `there is no folder ${folder} to import from`, { cause })
  })
  const asked = resolve(home, file)
  const path = await realpath(asked).catch(() => null)
  // Whether a file outside of it exists is nobody's affair.
  if (!isWithin(home, path ?? asked)) throw new MillraceError('IMPORT_REFUSED', `${file} is not in ${folder}`)
  if (path === null) throw new MillraceError('IMPORT_UNREADABLE', `there is no file ${file} in ${folder}`)
  if (!(await stat(path)).isFile()) throw new MillraceError('IMPORT_UNREADABLE', `${file} is no file`)
  return path
}

function isWithin(home: string, path: string): boolean {
  return path.startsWith(home.endsWith(sep) ? home : `${home}${sep}`)
}
