import { expect, test } from 'vitest'
import type { Occasion } from '../../src/clients/script-words.ts'
import { environmentOf, fillIn, wordsOf } from '../../src/clients/script-words.ts'
import type { StepContext } from '../../src/model/provisioner.ts'
import type { Server, ServerId } from '../../src/model/server.ts'

const server: Server = { id: '104' as ServerId, address: '10.0.0.4', labels: {} }
const context: StepContext = { signal: new AbortController().signal, log: () => {}, attempt: 2, idempotencyKey: 'r/104/install/1' }

test('an argument has its words put in, each as it stands', () => {
  const words = wordsOf({ server, context, os: 'debian-12', reason: 'score {id} $(id) {reason}' })
  expect(['{id}', '--os={os}', 'ssh root@{address}', '{reason}', '{id}{id}', '{ID} {} {rack} {"id": 1}'].map((argument) => fillIn(argument, words))).toEqual([
    '104', '--os=debian-12', 'ssh root@10.0.0.4', 'score {id} $(id) {reason}', '104104', '{ID} {} {rack} {"id": 1}',
  ])
})

test('what is not known is empty', () => {
  expect(wordsOf({ server: { id: server.id, labels: {} }, context })).toEqual({ id: '104', os: '', address: '', reason: '', labels: {} })
})

test('what install found out is known later', () => {
  const installed = { address: '10.9.9.9', facts: { os: 'debian-12' } }
  expect(wordsOf({ server, context: { ...context, installed } })).toEqual({ id: '104', os: 'debian-12', address: '10.9.9.9', reason: '', labels: { os: 'debian-12' } })
})

test('a label stands for itself, also one that install found out; the labels that a server was given win', () => {
  const installed = { facts: { model: 'found', 'rack.row-no': 'B 7', toString: 'x' } }
  const words = wordsOf({ server: { ...server, labels: { model: '{id}\0' } }, context: { ...context, installed } })
  expect(['{label.model}', '{label.rack.row-no}/{label.toString}', '[{label.none}{label.constructor}]', '{label.}{label}{model}'].map((argument) => fillIn(argument, words))).toEqual([
    '{id}', 'B 7/x', '[]', '{label.}{label}{model}',
  ])
})

function environment(occasion: Occasion, ...around: NodeJS.ProcessEnv[]): NodeJS.ProcessEnv {
  return environmentOf(occasion, wordsOf(occasion), around)
}

test('the environment says what a script is called for, and keeps the rest', () => {
  const occasion = { server: { ...server, labels: { model: 'r640', 'rack.row-no': 'B 7', 'a\0': 'x\0y' } }, context: { ...context, installed: { facts: { model: 'found', bios: '2.1' } } }, os: 'debian-12', reason: 'score 31' }
  expect(environment(occasion, { PATH: '/bin', RACK: 'inherited' }, { RACK: 'from the settings' })).toEqual({
    PATH: '/bin',
    RACK: 'from the settings',
    RACKBENCH_SERVER_ID: '104',
    RACKBENCH_OS: 'debian-12',
    RACKBENCH_ADDRESS: '10.0.0.4',
    RACKBENCH_REASON: 'score 31',
    RACKBENCH_RUN_ID: 'r',
    RACKBENCH_ATTEMPT: '2',
    RACKBENCH_KEY: 'r/104/install/1',
    RACKBENCH_LABEL_MODEL: 'r640',
    RACKBENCH_LABEL_RACK_ROW_NO: 'B 7',
    RACKBENCH_LABEL_A_: 'xy',
    RACKBENCH_LABEL_BIOS: '2.1',
  })
})

test('nothing of it comes from a rackbench that this one is run by', () => {
  const outer = { RACKBENCH_SERVER_ID: '1', RACKBENCH_REASON: 'outer', RACKBENCH_LABEL_MODEL: 'outer', RACKBENCH_CONFIG: 'c.yaml' }
  const { RACKBENCH_SERVER_ID, RACKBENCH_REASON, RACKBENCH_LABEL_MODEL, RACKBENCH_CONFIG } = environment({ server, context }, outer)
  expect({ RACKBENCH_SERVER_ID, RACKBENCH_REASON, RACKBENCH_LABEL_MODEL, RACKBENCH_CONFIG }).toEqual({
    RACKBENCH_SERVER_ID: '104', RACKBENCH_REASON: '', RACKBENCH_LABEL_MODEL: undefined, RACKBENCH_CONFIG: 'c.yaml',
  })
})
