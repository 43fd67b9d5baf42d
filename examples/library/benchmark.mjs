// A program of one's own: a provisioner, a list of servers, and what passed and what failed. Its rack is made up.
//
//   node benchmark.mjs            nothing is written
//   node benchmark.mjs results    writes logs, junit.xml and results.json into the directory results
import { MeasurementError, ProvisionerUnavailableError, ServerOperationError, benchmarkServers } from 'rackbench'

class Rack {
  name = 'rack'
  #installed = new Map()
  #broken = new Map()
  #isAsleep = true

  async install({ id }, os, { log }) {
    if (this.#isAsleep) {
      this.#isAsleep = false
      throw new ProvisionerUnavailableError('the provisioner is starting', { busy: true, retryAfterMs: 10 })
    }
    if (id === '103') throw new ServerOperationError('PXE boot timed out')
    log(`writing ${os} to disk`)
    this.#installed.set(id, os)
    return { address: `${id}.rack.example.com` }
  }

  async benchmark({ id }, { installed, log }) {
    if (!installed?.address) throw new MeasurementError('no address to measure at')
    log(`measuring at ${installed.address}`)
    return id === '102' ? 31 : 80
  }

  async destroy({ id }) {
    this.#installed.delete(id)
  }

  async markAsBroken({ id }, reason) {
    this.#broken.set(id, reason)
  }

  get broken() {
    return [...this.#broken].map(([id, reason]) => `${id} (${reason})`)
  }
}

const rack = new Rack()
const [out] = process.argv.slice(2)
const { passed, failed, skipped, exitCode } = await benchmarkServers(rack, ['101', '102', '103', '104'], { threshold: 50, timeouts: { install: '45m' }, ...(out && { out }) })

console.log('passed: ', passed.join(' '))
console.log('failed: ', failed.join(' '))
console.log('skipped:', skipped.join(' ') || 'none')
console.log('broken: ', rack.broken.join(', '))
process.exitCode = exitCode
