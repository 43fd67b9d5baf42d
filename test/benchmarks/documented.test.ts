import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cpuSchema } from '../../src/benchmarks/profiles/cpu.ts'
import { diskSchema } from '../../src/benchmarks/profiles/disk.ts'
import { memorySchema } from '../../src/benchmarks/profiles/memory.ts'
import { networkSchema } from '../../src/benchmarks/profiles/network.ts'
import { stressSchema } from '../../src/benchmarks/profiles/stress.ts'
import { sshSettingsSchema } from '../../src/benchmarks/ssh-settings.ts'
import { commandOf } from '../fixtures/one-command.ts'
import { checkout } from '../fixtures/shell.ts'

const text = await readFile(join(checkout, 'docs/benchmarks.md'), 'utf8')
const rowsUnder = (heading: string): string[][] => (text.split(`\n| ${heading} |`)[1] ?? '').split('\n\n', 1)[0]!.split('\n').slice(2).map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()))
const words = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word)

test('docs/benchmarks.md names every option of a profile, and those that have it', () => {
  const schemas = { cpu: cpuSchema, memory: memorySchema, disk: diskSchema, stress: stressSchema, network: networkSchema }
  const typed = Object.entries(schemas).flatMap(([profile, { shape }]) => Object.keys(shape).filter((key) => key !== 'profile').map((key) => `${profile}.${key}`))
  const told = rowsUnder('option').flatMap(([options, profiles]) => (profiles === 'all' ? Object.keys(schemas) : words(profiles)).flatMap((profile) => words(options).map((option) => `${profile}.${option}`)))
  expect(told.toSorted()).toEqual(typed.toSorted())
})

test('it names what each profile needs and measures, with unit and better direction', () => {
  const told = rowsUnder('profile').flatMap(([, , metrics, unit, better]) => words(metrics).filter((name) => name.includes('.')).map((name) => [name, { ...(unit !== '' && { unit }), better }]))
  const all = ['cpu', { profile: 'memory', tests: ['read', 'write', 'copy'] }, 'disk', 'stress', { profile: 'network', peer: 'peer' }].map(commandOf)
  expect(Object.fromEntries(told)).toEqual(Object.assign({}, ...all.map(({ metrics }) => metrics)))
  const needed = rowsUnder('profile').map(([, needs = '']) => needs.split(',', 1)[0]).filter((tool) => tool !== '')
  expect(needed).toEqual(all.flatMap(({ requires }) => requires))
})

test('it names every setting of the login', () => {
  expect(rowsUnder('setting').flatMap(([setting]) => words(setting)).toSorted()).toEqual(Object.keys(sshSettingsSchema.shape).toSorted())
})
