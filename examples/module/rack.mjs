// A provisioner of one's own, to copy. Its "machines" are JSON files, so that they outlive the process as real ones do:
//
//   provisioner:
//     type: ./rack.mjs
//     directory: /var/lib/machines      # a directory for each machine; the file with the highest number is its state
//     servers: ["101", "102"]            # without it, every server exists
//     takes: { install: 1000 }          # milliseconds of each step
//     fails: { "102": { install: "PXE boot timed out" } }
//     scores: { "101": 31 }             # 80 for all others
//
// The server's ID may be used in paths: rackbench has checked it.
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Says whose fault it was; a plain Error is the server's. No import of rackbench is needed for that. */
class Fault extends Error {
  constructor(type, message) {
    super(message)
    this[Symbol.for('rackbench.fault')] = type
  }
}

const usual = { install: 1000, benchmark: 2000, destroy: 500, markAsBroken: 0 }

export default function rack({ directory, servers, takes = {}, fails = {}, scores = {} }) {
  if (typeof directory !== 'string') throw new Error('needs the setting "directory"')

  /** Reads a machine: its state, its operations and its marks. */
  function read(id) {
    const version = Math.max(0, ...readdirSync(join(directory, id)).map((name) => parseInt(name, 10) || 0))
    const text = version === 0 ? '{ "state": "clean", "operations": [], "marks": [] }' : readFileSync(join(directory, id, `${version}.json`), 'utf8')
    return { text, version, machine: settle(id, JSON.parse(text)) }
  }

  /** Changes a machine. Whoever writes the next version first has changed it; all others read it again. No process can stop another, dead or alive. */
  function update(id, change) {
    if (servers && !servers.includes(id)) throw new Fault('UnknownServerError', `there is no server ${id} in ${directory}`)
    mkdirSync(join(directory, id), { recursive: true })
    for (;;) {
      const { text, version, machine } = read(id)
      const answer = change(machine)
      const changed = JSON.stringify(machine, null, 2)
      if (changed === text) return answer
      const draft = join(directory, id, `draft-${process.pid}`)
      writeFileSync(draft, changed)
      try {
        linkSync(draft, join(directory, id, `${version + 1}.json`))
        return answer
      } catch (error) {
        if (error.code !== 'EEXIST') throw error
      } finally {
        rmSync(draft)
      }
    }
  }

  /** An operation ends when its time has come, whether or not the process that began it still lives. */
  function settle(id, machine) {
    for (const operation of machine.operations) {
      if (operation.ended || Date.now() < Date.parse(operation.due)) continue
      operation.ended = operation.due
      operation.outcome = fails[id]?.[operation.step] ? 'failed' : 'passed'
      if (operation.outcome === 'failed') continue
      if (operation.step === 'install') machine.state = 'installed'
      if (operation.step === 'destroy') machine.state = 'clean'
      if (operation.step === 'markAsBroken') machine.marks.push({ run: runOf(operation.key), reason: operation.reason, at: operation.due })
    }
    return machine
  }

  /** Begins an operation, unless the same key has begun it already: then its answer was lost, and it is waited for, or told, again. */
  function begin(machine, id, step, key, reason) {
    const isSame = (operation) => operation.step === step && operation.key === key && operation.outcome !== 'cancelled'
    if (machine.operations.some(isSame)) return
    const mark = machine.marks.find(({ run }) => step === 'install' || (step === 'markAsBroken' && run !== runOf(key)))
    if (mark) throw new Fault('ServerNotOursError', `server ${id} is already marked as broken: ${mark.reason}`)
    if (step === 'benchmark' && machine.state !== 'installed') throw new Error(`server ${id} is not installed`)
    if (step === 'markAsBroken' && machine.marks.length > 0) return
    cancel(machine, (operation) => !operation.ended)
    if (step === 'install') machine.state = 'installing'
    if (step === 'destroy') machine.state = 'wiping'
    const now = Date.now()
    machine.operations.push({ step, key, started: iso(now), due: iso(now + (takes[step] ?? usual[step])), ...(reason && { reason }) })
  }

  function cancel(machine, which) {
    for (const operation of machine.operations.filter(which)) Object.assign(operation, { ended: iso(Date.now()), outcome: 'cancelled' })
  }

  /** Carries a step out: begins it or finds it, waits until its time has come, tells how it ended. */
  async function perform(step, { id }, { signal, log, idempotencyKey: key }, reason) {
    signal.throwIfAborted()
    const mine = (operation) => operation.step === step && operation.key === key
    update(id, (machine) => begin(machine, id, step, key, reason))
    log(`${step} goes on`)
    for (;;) {
      const operation = update(id, (machine) => machine.operations.findLast(mine))
      if (operation?.outcome === 'failed') throw new Error(fails[id]?.[step] ?? `${step} failed`)
      if (operation?.outcome === 'cancelled') throw new Fault('ProvisionerUnavailableError', `${step} was cancelled`)
      if (!operation || operation.outcome === 'passed') break
      try {
        await sleep(Date.parse(operation.due) - Date.now(), undefined, { signal })
      } catch {
        update(id, (machine) => cancel(machine, (other) => mine(other) && !other.ended))
        throw signal.reason
      }
    }
    log(`${step} is done`)
  }

  return {
    name: 'rack',
    async install(server, os, context) {
      context.log(`installing ${os}`)
      await perform('install', server, context)
      return { facts: { os } }
    },
    async benchmark(server, context) {
      await perform('benchmark', server, context)
      return scores[server.id] ?? 80
    },
    destroy: (server, context) => perform('destroy', server, context),
    markAsBroken: (server, reason, context) => perform('markAsBroken', server, context, reason),
    async clearMark(server) {
      update(server.id, (machine) => void machine.marks.splice(0))
    },
    async check() {
      mkdirSync(directory, { recursive: true })
    },
    async *list() {
      for (const id of servers ?? readdirSync(directory)) {
        const { state, marks } = update(id, (machine) => machine)
        yield { id, labels: {}, state: marks.length > 0 ? 'broken' : state === 'clean' ? 'clean' : 'installed' }
      }
    },
  }
}

const iso = (ms) => new Date(ms).toISOString()
const runOf = (key) => key.split('/', 1)[0]
