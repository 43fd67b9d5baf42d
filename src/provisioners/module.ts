import { stat } from 'node:fs/promises'
import { basename, extname, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { UsageError } from '../model/problem.ts'
import type { Provisioner } from '../model/provisioner.ts'

const required = ['install', 'destroy', 'markAsBroken'] as const
const optional = ['benchmark', 'check', 'list', 'clearMark', 'release', 'close'] as const

/**
 * Loads a provisioner that the user has written: the module's default export, or what that answers when it is called with the settings.
 *
 * @param path Absolute.
 * @param directory Where paths in messages are relative to.
 * @throws UsageError with a line for each thing that keeps the module from being a provisioner.
 */
export async function loadModule(path: string, settings: Readonly<Record<string, unknown>>, directory: string = process.cwd()): Promise<Provisioner> {
  const shown = shownPath(path, directory)
  const refuse = (problem: string): never => {
    throw new UsageError([`${shown}: ${problem}`])
  }
  const kind = await stat(path).catch((error: unknown) => refuse(isAbsentFile(error) ? 'there is no such file' : `cannot be read: ${firstLine(error)}`))
  if (!kind.isFile()) refuse('is not a file')
  const module = await importModule(path).catch((error: unknown) => {
    return refuse(`cannot be imported: ${firstLine(error)}${error instanceof SyntaxError ? ` ("node --check ${shown}" may tell where)` : ''}`)
  })
  const exported = module['default']
  if (exported === undefined) refuse('has no default export: export a provisioner, or a function (settings) => provisioner')
  if (isClass(exported)) refuse('its default export is a class: export an instance of it, or a function (settings) => provisioner')
  const made = await make(exported, settings).catch((error: unknown) => refuse(`its default export failed: ${firstLine(error)}`))
  if (typeof made !== 'object' || made === null) {
    return refuse(`its default export ${typeof exported === 'function' ? 'answered' : 'is'} ${describe(made)}, not a provisioner`)
  }
  return asProvisioner(made, { label: shown, name: basename(path, extname(path)) })
}

/**
 * Takes an object for the provisioner that it claims to be. Its methods are called on the object itself.
 *
 * @param as What problems are told after, and the provisioner's name if it has none.
 * @throws UsageError with a line for each thing that it lacks.
 */
export function asProvisioner(made: object, { label, name }: { readonly label: string; readonly name: string }): Provisioner {
  const members = made as Readonly<Record<string, unknown>>
  const problems = problemsOf(members)
  if (problems.length > 0) throw new UsageError(problems.map((problem) => `${label}: ${problem}`))
  return provisionerOf(members, name)
}

async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>
}

async function make(exported: unknown, settings: Readonly<Record<string, unknown>>): Promise<unknown> {
  return typeof exported === 'function' ? (exported as (settings: unknown) => unknown)(settings) : exported
}

function problemsOf(members: Readonly<Record<string, unknown>>): string[] {
  const isAbsent = (member: string): boolean => members[member] === undefined || members[member] === null
  const lacking = required.filter(isAbsent)
  const wrong = [...required, ...optional].filter((member) => !isAbsent(member) && typeof members[member] !== 'function')
  const isNamed = isAbsent('name') || (typeof members['name'] === 'string' && /^[\x20-\x7e\xa0-\uffff]{1,100}$/.test(members['name']))
  return [
    ...(lacking.length > 0 ? [`lacks ${lacking.map((member) => `${member}()`).join(', ')}`] : []),
    ...wrong.map((member) => `${member} is ${describe(members[member])}, not a function`),
    ...(isNamed ? [] : [`name is ${describe(members['name'])}, not a text of one line, at most 100 characters`]),
  ]
}

/** The members that there are, each called on the object that has them. */
function provisionerOf(members: Readonly<Record<string, unknown>>, fileName: string): Provisioner {
  const methods = [...required, ...optional].flatMap((member) => {
    const method = members[member]
    return typeof method === 'function' ? [[member, method.bind(members) as unknown] as const] : []
  })
  return { name: members['name'] ?? fileName, ...Object.fromEntries(methods) } as Provisioner
}

function isAbsentFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

function isClass(exported: unknown): boolean {
  return typeof exported === 'function' && /^class\b/.test(Function.prototype.toString.call(exported))
}

function shownPath(path: string, directory: string): string {
  const inside = relative(directory, path)
  return inside === '' || inside.startsWith('..') || inside === path ? path : `.${sep}${inside}`
}

/** What was thrown, in one line of bounded length. */
function firstLine(thrown: unknown): string {
  const text = thrown instanceof Error ? `${thrown.name === 'Error' ? '' : `${thrown.name}: `}${thrown.message}` : describe(thrown)
  return stripVTControlCharacters(text.slice(0, 2000)).trim().split(/[\r\n]/, 1)[0]?.slice(0, 300) ?? ''
}

function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60))
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value)
}
