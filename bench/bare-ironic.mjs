// Takes nodes through a deploy, a command and an undeploy, as little as can be done: no log, no journal, no report, nothing is tried again.
//   node bare-ironic.mjs URL WORKERS IN_FLIGHT (reserve|as-it-is) NAME...
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const [url, workers, mostInFlight, reserving, ...names] = process.argv.slice(2)
const headers = { 'X-OpenStack-Ironic-API-Version': '1.82', 'Content-Type': 'application/json' }
const pollMs = 1000

let inFlight = 0
const waiting = []
async function ask(method, path, body) {
  if (inFlight >= Number(mostInFlight)) await new Promise((go) => waiting.push(go))
  inFlight++
  try {
    const response = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  } finally {
    inFlight--
    waiting.shift()?.()
  }
}

/** Nodes that are waited for, by name. */
const awaited = new Map()
async function poll() {
  for (;;) {
    await sleep(pollMs)
    const { nodes } = await ask('GET', '/v1/nodes?fields=name,provision_state,reservation&limit=1000')
    for (const { name, provision_state: state, reservation } of nodes) {
      const wait = awaited.get(name)
      if (!wait || reservation !== null) continue
      if (state === wait.target) wait.resolve()
      else if (/failed|error/.test(state)) wait.reject(new Error(`${name} is ${state}`))
    }
  }
}

async function bring(name, verb, target) {
  await ask('PUT', `/v1/nodes/${name}/states/provision`, { target: verb })
  await new Promise((resolve, reject) => awaited.set(name, { target, resolve, reject }))
  awaited.delete(name)
}

async function work() {
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (reserving === 'reserve') await ask('PATCH', `/v1/nodes/${name}`, [{ op: 'add', path: '/instance_uuid', value: randomUUID() }])
    await bring(name, 'active', 'active')
    await promisify(execFile)('/bin/echo', ['80'])
    await bring(name, 'deleted', 'available')
  }
}

poll().catch((error) => {
  console.error(error.message)
  process.exit(1)
})
await Promise.all(Array.from({ length: Number(workers) }, work))
process.exit(0)
