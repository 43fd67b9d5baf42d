import { describe, expect } from 'vitest'
import { descendants } from '../../fixtures/processes.ts'
import { bring, change, enrol, failNextDeploy, imageThatIsThere, nodeReaches, nodeStates, waiting } from './nodes.ts'
import { startIronic } from './start.ts'
import { test } from './test.ts'

describe('a real Ironic', () => {
  test('has nodes that go their way, fail, and wait in vain', async () => {
    await using ironic = await startIronic({ callbackTimeout: 1 })
    const { ask, url } = ironic
    await enrol(ask, ['n-1', 'n-2'])
    await enrol(ask, ['n-3'], waiting)
    await failNextDeploy(ask, ['n-2'])
    await change(ask, 'n-3', { instance_info: imageThatIsThere(url) })
    const ends = await Promise.all(['n-1', 'n-2', 'n-3'].map((name) => bring(ask, name, { target: 'active' }, ['active', 'deploy failed'])))
    expect(ends.map(({ provision_state: state, last_error: error }) => [state, error?.replace(/[0-9a-f-]{36}/, '<uuid>') ?? null])).toEqual([
      ['active', null],
      ['deploy failed', 'No deploy steps returned by the driver'],
      ['deploy failed', 'Timeout reached while waiting for callback for node <uuid>'],
    ])
    expect((await nodeStates(ask)).get('n-1')?.provision_state).toBe('active')
    expect((await ironic.requests()).filter((line) => line === 'PUT /v1/nodes/n-1/states/provision 202')).toHaveLength(3)
  })

  test('goes on after its conductor has died, and asks for a password where it has one', async () => {
    await using ironic = await startIronic({ login: { user: 'admin', password: 'a-password' }, deployDelay: 60 })
    const { ask, conductor } = ironic
    await enrol(ask, ['n-1'])
    await ask('PUT', '/v1/nodes/n-1/states/provision', { target: 'active' })
    await conductor.kill()
    await conductor.restart()
    const { provision_state: state, last_error: error } = await nodeReaches(ask, 'n-1', ['deploy failed'])
    expect([state, error]).toEqual(['deploy failed', "The deploying state can't be resumed by conductor 127.0.0.1. Moving to fail state."])
    const { status } = await fetch(`${ironic.url}/v1/nodes`, { headers: { 'X-OpenStack-Ironic-API-Version': '1.82' } })
    expect(status).toBe(401)
  })

  test('leaves no process behind', async () => {
    const before = await ours()
    const ironic = await startIronic({ slowDelay: 5 })
    const during = await ours()
    await ironic[Symbol.asyncDispose]()
    expect([during.length > before.length, await ours()]).toEqual([true, before])
  })
})

/** The processes of this test's Ironics. */
async function ours(): Promise<number[]> {
  const children = await descendants(process.pid)
  return children.flatMap(({ pid, command }) => (command.includes('ironic.conf') ? [pid] : []))
}
