// What tidy's rules need to know of one source file, read from its syntax tree.

import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'

export interface FunctionFacts {
  readonly name: string
  readonly line: number
  readonly lines: number
  readonly params: number
  /** Lines on which it returns a call that it does not await, although it disposes of something then. */
  readonly hastyReturns: readonly number[]
}

export interface ExportFacts {
  readonly name: string
  readonly isClass: boolean
  readonly isType: boolean
}

export interface SourceFile {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  /** Files of ours that it imports, and the names it takes from each; `*` for a dynamic import. */
  readonly imports: ReadonlyMap<string, ReadonlySet<string>>
  readonly exports: readonly ExportFacts[]
  /** Names (or `*`) that it exports from elsewhere. */
  readonly reexports: readonly string[]
  readonly functions: readonly FunctionFacts[]
}

/** The name of a function that has none. */
export const ANONYMOUS = 'a function'

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

export function sourceFile(path: string, text: string): SourceFile {
  const parsed = parseSync(path, text)
  const fault = parsed.errors[0]
  if (fault) throw new Error(`${path}: ${fault.message}`)
  const functions: FunctionFacts[] = []
  const exports: ExportFacts[] = []
  const imports = new Map<string, Set<string>>()
  const reexports: string[] = []
  const program = parsed.program as unknown as Node
  const take = (specifier: string, name: string) => {
    if (!specifier.startsWith('.')) return
    const target = posix.join(posix.dirname(path), specifier)
    imports.set(target, (imports.get(target) ?? new Set()).add(name))
  }
  for (const one of parsed.module.staticImports) {
    if (one.entries.length === 0) take(one.moduleRequest.value, '*')
    for (const entry of one.entries) take(one.moduleRequest.value, entry.importName.name ?? '*')
  }
  for (const entry of parsed.module.staticExports.flatMap((one) => one.entries)) {
    if (entry.moduleRequest === null) continue
    reexports.push(entry.exportName.name ?? '*')
    take(entry.moduleRequest.value, entry.importName.name ?? '*')
  }
  walk(program, null, (node, parent) => {
    if (node.type === 'ImportExpression') take(dynamicTarget(node), '*')
    if (node.type === 'ExportNamedDeclaration') exports.push(...exported(node))
    const params = (node.params ?? null) as readonly Node[] | null
    if (FUNCTIONS.has(node.type) && params !== null && node.body) {
      const line = lineAt(text, node.start)
      const lines = lineAt(text, node.end) - line + 1
      const hastyReturns = hasty(node).map(({ start }) => lineAt(text, start))
      functions.push({ name: nameOf(node, parent), line, lines, params: params.length, hastyReturns })
    }
  })
  return { path, text, lines: text.trimEnd().split('\n'), imports, exports, reexports, functions }
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

function walk(node: Node, parent: Node | null, visit: (node: Node, parent: Node | null) => void): void {
  visit(node, parent)
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child !== null && typeof child === 'object' && typeof child.type === 'string') walk(child, node, visit)
    }
  }
}

/** What a function itself holds, without what functions within it do. */
function own(node: Node): Node[] {
  const found: Node[] = []
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (child === null || typeof child !== 'object' || typeof child.type !== 'string') continue
      if (!FUNCTIONS.has(child.type)) found.push(child, ...own(child))
    }
  }
  return found
}

function hasty(node: Node): readonly Node[] {
  const inside = node.async ? own(node) : []
  if (!inside.some(({ type, kind }) => type === 'VariableDeclaration' && kind === 'await using')) return []
  return inside.filter(({ type, argument }) => type === 'ReturnStatement' && isHasty(argument as Node | null))
}

/** What is called of something that was awaited is there at once. */
function isHasty(returned: Node | null): boolean {
  if (returned?.type !== 'CallExpression') return false
  const { object } = returned.callee as Node & { readonly object?: Node }
  return object?.type !== 'AwaitExpression' && object?.type !== 'ParenthesizedExpression'
}

function dynamicTarget(node: Node): string {
  const source = node.source as Node
  return typeof source.value === 'string' ? source.value : ''
}

function exported(node: Node): ExportFacts[] {
  const declaration = node.declaration as Node | null
  if (declaration === null) return []
  const isType = declaration.type.startsWith('TS')
  const isClass = declaration.type === 'ClassDeclaration'
  const declared = (declaration.declarations ?? [declaration]) as readonly Node[]
  return declared.map((one) => ({ name: String((one.id as Node).name), isClass, isType }))
}

function nameOf(node: Node, parent: Node | null): string {
  const named = (node.id ?? parent?.key ?? parent?.id ?? null) as Node | null
  return typeof named?.name === 'string' ? named.name : ANONYMOUS
}

function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return line
}
