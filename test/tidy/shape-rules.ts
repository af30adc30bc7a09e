// The rules about single files: names, sizes, openings. Each returns one sentence for each fault.

import { ANONYMOUS, type SourceFile } from './source-file.ts'

export type Rule = (files: readonly SourceFile[]) => readonly string[]

const FILE_LINES_MAX = 300
const FUNCTION_LINES_MAX = 70
const PARAMS_MAX = 3
const OPENING_LINES_MAX = 3

const isTest = (file: SourceFile) => file.path.startsWith('test/')
const isPart = ({ path }: SourceFile) => path.startsWith('src/') && !/^src\/(console\/)?main\.tsx?$/.test(path)

export const fileNames: Rule = (files) =>
  files.flatMap(({ path }) => {
    const name = path.split('/').at(-1) ?? ''
    if (/^(utils?|helpers?|common|lib|types?|misc|shared|index)\.tsx?$/.test(name)) {
      return [`${path}: the name says nothing of what is inside`]
    }
    return /^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.test|\.config)?\.tsx?$/.test(name) ? [] : [`${path}: not kebab-case`]
  })

export const noBarrels: Rule = (files) =>
  files.filter((file) => file.reexports.length > 0).map(({ path }) => `${path}: exports what another file declares`)

export const fileLengths: Rule = (files) =>
  files
    .filter((file) => file.lines.length > FILE_LINES_MAX)
    .map((file) => `${file.path}: ${file.lines.length} lines, at most ${FILE_LINES_MAX}`)

/** A test's cases stand in one long function, as many as there are. */
export const functionLengths: Rule = (files) =>
  files
    .filter((file) => !isTest(file))
    .flatMap((file) =>
      file.functions
        .filter((one) => one.lines > FUNCTION_LINES_MAX)
        .map((one) => `${file.path}:${one.line}: ${one.name} has ${one.lines} lines, at most ${FUNCTION_LINES_MAX}`),
    )

/** A table of test cases gives its function as many as there are columns. */
export const parameters: Rule = (files) =>
  files.flatMap((file) =>
    file.functions
      .filter((one) => one.params > PARAMS_MAX && !(isTest(file) && one.name === ANONYMOUS))
      .map((one) => `${file.path}:${one.line}: ${one.name} takes ${one.params} parameters, at most ${PARAMS_MAX}`),
  )

/** What a call promises would come when what it works with is gone. */
export const patientReturns: Rule = (files) =>
  files
    .filter((file) => !isTest(file))
    .flatMap((file) =>
      file.functions.flatMap(({ name, hastyReturns }) =>
        hastyReturns.map((line) => `${file.path}:${line}: ${name} disposes of what it uses before this call has ended`),
      ),
    )

export const nothingLeftToDo: Rule = (files) =>
  files.flatMap((file) =>
    file.lines.flatMap((line, index) =>
      /\b(TO[D]O|FIX[M]E|X[X]X)\b/.test(line) ? [`${file.path}:${index + 1}: ${line.trim()}`] : [],
    ),
  )

/** A file opens by saying what it is for, in one to three lines. */
export const openings: Rule = (files) =>
  files
    .filter((file) => !isTest(file))
    .flatMap(({ path, lines }) => {
      const start = lines[0]?.startsWith('#!') ? 1 : 0
      let end = start
      while (lines[end]?.startsWith('//')) end++
      if (end === start) return [`${path}: does not open with what it is for`]
      return end - start > OPENING_LINES_MAX ? [`${path}: opens with more than ${OPENING_LINES_MAX} lines`] : []
    })

/** One concept in a file: at most one class; and a class or a function that stands alone is named as the file is. */
export const oneConcept: Rule = (files) =>
  files.filter(isPart).flatMap(({ path, exports }) => {
    const words = wordsOf((path.split('/').at(-1) ?? '').replace(/\.tsx?$/, ''))
    const classes = exports.filter((one) => one.isClass)
    const values = exports.filter((one) => !one.isType)
    const [only] = values.length === 1 ? values : classes
    if (exports.length === 0) return [`${path}: exports nothing`]
    if (classes.length > 1) return [`${path}: exports ${classes.length} classes`]
    const isNamedAfter = (name: string) => wordsOf(name).some((word) => words.includes(word))
    if (only === undefined || exports.some((one) => isNamedAfter(one.name))) return []
    return [`${path}: is not named after ${only.name}`]
  })

function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_]/)
    .map((word) => word.replace(/(?<=..)(s|ed|ing|er|or)$/, ''))
}
