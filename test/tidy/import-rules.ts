// The rules about who imports whom: which way the arrows go, no cycles, nothing that nobody uses.

import type { Rule } from './shape-rules.ts'
import type { SourceFile } from './source-file.ts'

/**
 * Who may import what, by layer. A port is a file directly in src/source, src/log or src/sink; an adapter is a folder
 * there; src/mysql and src/dynamodb are what a source and a sink both have to know of their server. The first line that
 * matches the importing file counts; `$1` is what its pattern caught.
 */
const ARROWS: readonly (readonly [importer: RegExp, allowed: readonly string[]])[] = [
  [/^test\//, ['src/', 'connectors/', 'test/']],
  [/^src\/main\.ts$/, ['src/']],
  [/^src\/core\//, ['src/core/']],
  [/^src\/observe\//, ['src/observe/', 'src/core/']],
  [/^src\/(mysql|dynamodb)\//, ['src/$1/', 'src/core/']],
  [/^src\/(source|sink)\/(mysql|dynamodb)\//, ['src/$1/$2/', 'src/$1/[^/]+\\.ts', 'src/$2/', 'src/core/']],
  [/^src\/(source|log|sink)\/([^/]+)\//, ['src/$1/$2/', 'src/$1/[^/]+\\.ts', 'src/core/']],
  [/^src\/(source|log|sink)\/[^/]+$/, ['src/$1/[^/]+\\.ts', 'src/core/']],
  [/^src\/pipeline\//, ['src/pipeline/', 'src/(source|log|sink)/[^/]+\\.ts', 'src/observe/', 'src/core/']],
  [/^src\/control\//, ['src/control/', 'src/pipeline/', 'src/observe/', 'src/core/']],
  [/^src\/console\//, ['src/console/', 'src/control/[^/]*-view\\.ts', 'src/core/role\\.ts']],
  [/^src\/stack\//, ['src/stack/', 'src/core/']],
  [
    /^src\/cli\//,
    [
      ...['src/cli/', 'src/stack/', 'src/control/', 'src/pipeline/', 'src/(source|log|sink)/[^/]+\\.ts'],
      ...['src/observe/', 'src/core/', 'src/[^/]+\\.ts'],
    ],
  ],
  [/^src\/[^/]+$/, ['src/[^/]+\\.ts', 'src/core/']],
  [/^connectors\//, ['src/core/']],
]

export const arrows: Rule = (files) =>
  files.flatMap((file) => {
    const [importer, allowed] = ARROWS.find(([pattern]) => pattern.test(file.path)) ?? [/$/, []]
    const caught = importer.exec(file.path) ?? []
    const patterns = allowed.map((one) => new RegExp(`^${one.replace(/\$(\d)/g, (_, at) => caught[Number(at)] ?? '')}`))
    return [...file.imports.keys()]
      .filter((target) => target === 'src/main.ts' || !patterns.some((pattern) => pattern.test(target)))
      .map((target) => `${file.path} may not import ${target}`)
  })

export const noCycles: Rule = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const finished = new Set<string>()
  const faults: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    const from = trail.indexOf(path)
    if (from !== -1) faults.push([...trail.slice(from), path].join(' -> '))
    if (from !== -1 || finished.has(path)) return
    for (const target of byPath.get(path)?.imports.keys() ?? []) visit(target, [...trail, path])
    finished.add(path)
  }
  for (const file of files) visit(file.path, [])
  return faults
}

const TEST_ROOTS = /^test\/(.*\.test\.ts|[^/]+\.config\.ts|bench\/.*|support\/(connectors\/.*|global\.ts))$/

/** Of the command, and of the page. */
const ROOTS = ['src/main.ts', 'src/console/main.tsx']

/** Everything in src is reached from the composition root or a connector; what serves tests, from a test. */
export const nothingUnimported: Rule = (files) => {
  const product = reached(files, (path) => ROOTS.includes(path) || path.startsWith('connectors/'))
  const tests = reached(files, (path) => TEST_ROOTS.test(path))
  return files
    .filter(({ path }) => !product.has(path) && !(tests.has(path) && /^(test|src\/stack)\//.test(path)))
    .map(({ path }) => `${path}: nobody imports it`)
}

function reached(files: readonly SourceFile[], isRoot: (path: string) => boolean): ReadonlySet<string> {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const found = new Set<string>()
  const queue = files.map((file) => file.path).filter(isRoot)
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue
    found.add(path)
    queue.push(...(byPath.get(path)?.imports.keys() ?? []))
  }
  return found
}

/** A value that only its own file uses is not exported. Types may be: they are part of what a function says. */
export const nothingExportedInVain: Rule = (files) => {
  const taken = new Set<string>()
  for (const file of files) {
    for (const [target, names] of file.imports) for (const name of names) taken.add(`${target} ${name}`)
  }
  return files
    .filter(({ path }) => path.startsWith('src/') && !taken.has(`${path} *`))
    .flatMap(({ path, exports }) =>
      exports
        .filter((one) => !one.isType && !taken.has(`${path} ${one.name}`))
        .map((one) => `${path}: nobody imports ${one.name}`),
    )
}
