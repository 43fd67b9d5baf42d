import { afterAll, beforeAll, describe } from 'vitest'
import { systemClock } from '../../src/model/clock.ts'
import { ProvisionerUnavailableError } from '../../src/model/fault.ts'
import type { Provisioner, StepContext } from '../../src/model/provisioner.ts'
import type { Server, ServerId } from '../../src/model/server.ts'
import { openIronic } from '../../src/provisioners/ironic.ts'
import type { Fixture } from '../contracts/provisioner.ts'
import { provisionerContract } from '../contracts/provisioner.ts'
import { imported } from '../fixtures/elsewhere.ts'
import { whyNoIronic } from './ironic/daemon.ts'
import type { GoBetween } from './ironic/go-between.ts'
import { goBetween } from './ironic/go-between.ts'
import { change, enrol, failNextDeploy, imageThatIsThere, nodeStates, waiting } from './ironic/nodes.ts'
import type { RealIronic } from './ironic/start.ts'
import { startIronic } from './ironic/start.ts'

const missing = await whyNoIronic()
const password = 'hunter2-hunter2'
/** Each clause of the contract has nodes of its own. */
const mostTrials = 40
const roles = ['good', 'slow', 'lasting', 'failing'] as const
type Role = (typeof roles)[number]

describe.skipIf(missing !== undefined)(`a real Ironic${missing === undefined ? '' : ` (${missing})`}`, () => {
  let ironic: RealIronic | undefined
  let between: GoBetween | undefined
  let trials = 0

  beforeAll(async () => {
    ironic = await startIronic({ login: { user: 'admin', password }, callbackTimeout: 600, deployDelay: 1 })
    between = await goBetween(ironic.url)
    const { ask, url } = ironic
    await enrol(ask, ['good', 'failing', 'lasting'].map((role) => `${role}-0`))
    await enrol(ask, ['slow-0'], waiting)
    await change(ask, 'slow-0', { instance_info: imageThatIsThere(url) })
    for (const role of roles) await ironic.multiply(`${role}-0`, Array.from({ length: mostTrials }, (_, index) => `${role}-${index + 1}`))
  }, 120_000)
  afterAll(async () => {
    await between?.[Symbol.asyncDispose]()
    await ironic?.[Symbol.asyncDispose]()
  })

  provisionerContract('ironic on a real Ironic', async (): Promise<Fixture> => {
    const [{ ask }, proxy] = [ironic!, between!]
    trials++
    const serverOf = (role: Role): Server => ({ id: `${role}-${trials}` as ServerId, labels: {} })
    await failNextDeploy(ask, [serverOf('failing').id])
    const settings = { url: proxy.url, auth: { type: 'http_basic', user: 'admin', password } }
    const opened: Provisioner[] = []
    const adapter = async (): Promise<Provisioner> => {
      const provisioner = await openIronic(settings, systemClock)
      opened.push(provisioner)
      return provisioner
    }
    const look = async ({ id }: Server) => (await nodeStates(ask)).get(id)
    return {
      server: serverOf('good'),
      slow: serverOf('slow'),
      lasting: serverOf('lasting'),
      failing: { server: serverOf('failing'), message: 'No deploy steps returned by the driver' },
      stranger: { id: 'nobody' as ServerId, labels: {} },
      adapter,
      async cutOff(server: Server, context: StepContext) {
        const provisioner = await adapter()
        proxy.cutNextInstall()
        const error = await provisioner.install(server, 'debian-12', context).then(() => undefined, (reason: unknown) => reason)
        if (!(error instanceof ProvisionerUnavailableError)) throw new Error('the cut was not noticed', { cause: error })
        return provisioner
      },
      elsewhere: [
        imported('provisioners/ironic.js', 'openIronic'),
        imported('model/clock.js', 'systemClock'),
        `const provisioner = await openIronic(${JSON.stringify(settings)}, systemClock)`,
      ].join('\n'),
      async stateOf(server) {
        const { provision_state: state, reservation } = (await look(server))!
        if (state === 'available' || state === 'manageable') return 'clean'
        return state === 'active' && reservation === null ? 'installed' : 'in between'
      },
      isMarked: async (server) => (await look(server))!.maintenance,
      installsOf: async ({ id }) => proxy.installsOf(id),
      secrets: [password],
      cannot: { benchmark: 'Ironic measures nothing' },
      async [Symbol.asyncDispose]() {
        await Promise.all(opened.map(async (provisioner) => provisioner.close?.()))
      },
    }
  })
})
