import type { ServerId, Server } from '../../src/model/server.ts'
import type { Provisioner } from '../../src/model/provisioner.ts'
import { ProvisionerUnavailableError } from '../../src/model/fault.ts'
import type { Fixture } from '../contracts/provisioner.ts'
import { provisionerContract } from '../contracts/provisioner.ts'
import { httpRack, token } from '../fixtures/http-rack.ts'

const serverOf = (id: string): Server => ({ id: id as ServerId, labels: {} })

async function fixtureOf(faults: object, wrap: (provisioner: Provisioner) => Provisioner): Promise<Fixture> {
  const soon = { takes: '5ms' }
  const simulation = {
    strict: true,
    defaults: { install: soon, benchmark: soon, destroy: soon, markAsBroken: soon },
    servers: { '101': {}, '102': { install: { takes: '1h' } }, '103': { install: { fails: 'PXE boot timed out' } } },
    faults,
  }
  const site = await httpRack(simulation)
  const machineOf = (id: string) => site.rack.record().machines.find((machine) => machine.id === id)
  return {
    server: serverOf('101'),
    slow: serverOf('102'),
    failing: { server: serverOf('103'), message: 'PXE boot timed out' },
    stranger: serverOf('999'),
    adapter: async () => wrap(await site.adapter({ requestTimeout: '500ms' })),
    async stateOf({ id }) {
      site.rack.look(id)
      const state = machineOf(id)?.state ?? 'clean'
      return state === 'clean' || state === 'installed' ? state : 'in between'
    },
    isMarked: async ({ id }) => machineOf(id)?.mark !== undefined,
    installsOf: async ({ id }) => site.begun(id, 'install'),
    secrets: [token],
    cannot: {},
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  }
}

provisionerContract('http', () => fixtureOf({}, (provisioner) => provisioner))

provisionerContract('http over a network that loses, cuts, repeats and delays', () =>
  fixtureOf({ seed: 3, lose: '40%', cut: '10%', duplicate: { share: '10%', by: '5ms' }, late: { share: '10%', by: '20ms' } }, askingAgain))

/** Asks again under the same key while the provisioner is unavailable, as a run does. */
function askingAgain(provisioner: Provisioner): Provisioner {
  const again = async <T>(call: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await call()
      } catch (error) {
        if (!(error instanceof ProvisionerUnavailableError)) throw error
      }
    }
  }
  return {
    ...provisioner,
    install: (...given) => again(() => provisioner.install(...given)),
    benchmark: (...given) => again(() => provisioner.benchmark!(...given)),
    destroy: (...given) => again(() => provisioner.destroy(...given)),
    markAsBroken: (...given) => again(() => provisioner.markAsBroken(...given)),
  }
}
