// Where in JSON something stands: `a.b[0].c`, `list[-1]` counted from the end, `list[*].x` of each, `["a.b"]` for a name with
// a dot. What begins with `^` is looked for in the item that a row was taken out of, not in the row.

import { z } from 'zod'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

type Step = string | number | typeof EACH

const EACH = Symbol('each')
const STEP = /\.?([^.[\]^*"]+)|\[(-?\d{1,6})\]|\[(\*)\]|\["((?:[^"\\]|\\.)+)"\]/uy
const NOT_NAMES = ['__proto__', 'constructor', 'prototype']

export const JsonPath = z
  .string()
  .max(400)
  .refine((text) => stepsOf(text) !== null, 'must be a path, as a.b[0].c')

/** Of a row, and the item that it was taken out of. Undefined where there is nothing. */
export type Found = (row: Json, item: Json) => Json | undefined

export function compilePath(path: string): Found {
  const isOfItem = path.startsWith('^')
  const steps = stepsOf(path)
  if (steps === null) throw new TypeError(`${path} is no path`)
  return (row, item) => follow(isOfItem ? item : row, steps, 0)
}

/** One value out of a whole answer. */
export function valueAt(root: Json, path: string): Json | undefined {
  return compilePath(path)(root, root)
}

/** Writes into `body`, and makes the objects on the way. */
export function placeAt(body: Record<string, unknown>, path: string, value: unknown): void {
  const steps = stepsOf(path) ?? []
  let at = body
  for (const [index, step] of steps.entries()) {
    if (typeof step !== 'string') throw new TypeError(`${path} names no place to write to`)
    const isLast = index === steps.length - 1
    if (isLast || typeof at[step] !== 'object') at[step] = isLast ? value : {}
    at = at[step] as Record<string, unknown>
  }
}

/** Null for what is no path. The empty path is the whole. */
function stepsOf(path: string): readonly Step[] | null {
  const text = path.replace(/^\^\.?/u, '')
  const steps: Step[] = []
  STEP.lastIndex = 0
  for (let end = 0; end < text.length; end = STEP.lastIndex) {
    const found = STEP.exec(text)
    if (found === null) return null
    const [, name, index, each, quoted] = found
    if (NOT_NAMES.includes(name ?? quoted ?? '')) return null
    steps.push(index !== undefined ? Number(index) : each !== undefined ? EACH : (name ?? unquoted(quoted ?? '')))
  }
  return steps
}

function unquoted(text: string): string {
  return text.replace(/\\(.)/gu, '$1')
}

function follow(from: Json | undefined, steps: readonly Step[], first: number): Json | undefined {
  let at = from
  for (let index = first; index < steps.length; index++) {
    const step = steps[index] as Step
    if (at === undefined || at === null || typeof at !== 'object') return undefined
    if (step === EACH) {
      if (!Array.isArray(at)) return undefined
      const found = at.map((one: Json) => follow(one, steps, index + 1))
      return found.flatMap((one) => (one === undefined ? [] : steps.indexOf(EACH, index + 1) < 0 ? [one] : one))
    }
    if (typeof step === 'number') at = Array.isArray(at) ? (at as readonly Json[]).at(step) : undefined
    else at = Object.hasOwn(at, step) ? (at as { readonly [name: string]: Json })[step] : undefined
  }
  return at
}
