import { join } from 'node:path'
import { afterAll, describe, expect } from 'vitest'
import type { Place } from '../fixtures/cli.ts'
import { eventsOf, until } from '../fixtures/cli.ts'
import { change, enrol, nodeStates, waiting } from './ironic/nodes.ts'
import { disagreements, fatesOf, nodeFate, prepare, resultsOf } from './ironic/runs.ts'
import type { RealIronic } from './ironic/start.ts'
import { startIronic } from './ironic/start.ts'
import { test } from './ironic/test.ts'

/** What is tried here takes seconds; a machine with more to do than this may take minutes. */
const timeout = 300_000

let shared: Promise<RealIronic> | undefined
afterAll(async () => (await shared)?.[Symbol.asyncDispose]())

/** An Ironic that takes its time, for all of these tests: to start one takes longer than most of them. */
function slowIronic(): Promise<RealIronic> {
  shared ??= startIronic({ deployDelay: 1 })
  return shared
}

/** Six nodes of a test's own. */
async function enrolSix(ironic: RealIronic, prefix: string): Promise<readonly string[]> {
  const names = Array.from({ length: 6 }, (_, index) => `${prefix}-${index + 1}`)
  await enrol(ironic.ask, [names[0]!])
  await ironic.multiply(names[0]!, names.slice(1))
  return names
}

async function statesOf({ ask }: RealIronic, names: readonly string[]): Promise<string[]> {
  const nodes = await nodeStates(ask)
  return names.map((name) => nodeFate(nodes.get(name)!))
}

function allThat(names: readonly string[], fate: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((id) => [id, fate]))
}

/** The node of each order that Ironic has taken so far. */
async function ordersOf({ requests }: RealIronic): Promise<string[]> {
  return (await requests()).flatMap((line) => /^PUT \/v1\/nodes\/(\S+)\/states\/provision 202$/.exec(line)?.[1] ?? [])
}

const out = (place: Place): string => join(place.folder, 'rackbench-out')

describe('a conductor that dies in the middle of installs', () => {
  test('and comes back costs no server its verdict: what it gave up is installed again', { timeout }, async ({ place }) => {
    const ironic = await slowIronic()
    const names = await enrolSix(ironic, 'back')
    await prepare(place, ironic)
    const before = await nodeStates(ironic.ask)
    const run = place.start(['run', ...names])
    await until(async () => (await statesOf(ironic, names)).every((state) => state === 'deploying'), run)
    await ironic.conductor.kill()
    await ironic.conductor.restart()
    const { code } = await run.ended
    const results = await resultsOf(place)
    expect([code, fatesOf(results), await disagreements(results, ironic, before)]).toEqual([0, allThat(names, 'passed'), []])
    expect(await place.read('rackbench-out/run.log')).toContain("can't be resumed by conductor")
  })

  test('and stays away condemns none', { timeout }, async ({ place }) => {
    const ironic = await slowIronic()
    const names = await enrolSix(ironic, 'away')
    await prepare(place, ironic)
    const run = place.start(['run', ...names, '--timeout-install', '45s', '--max-outage', '5s', '--destroy', 'never'])
    await until(async () => (await statesOf(ironic, names)).every((state) => state === 'deploying'), run)
    await ironic.conductor.kill()
    const { code } = await run.ended
    const results = await resultsOf(place)
    expect([code, fatesOf(results), new Set(await statesOf(ironic, names))]).toEqual([3, allThat(names, 'failed at install: ProvisionerUnavailableError'), new Set(['deploying'])])
    await ironic.conductor.restart()
  })
})

describe('two runs of the same nodes at once', () => {
  test('never have one node both: whoever comes second leaves it alone', { timeout }, async ({ place }) => {
    const ironic = await slowIronic()
    const names = await enrolSix(ironic, 'both')
    // Nobody's benchmark ends before both runs know what they have.
    await prepare(place, ironic, { benchmark: `while [ ! -e '${place.folder}/go' ]; do sleep 0.1; done; echo 80` })
    const runs = ['one', 'other'].map((name) => place.start(['run', ...names, '--out', name]))
    const decided = async (name: string): Promise<boolean> => {
      const events = await eventsOf(join(place.folder, name))
      return events.filter((event) => event.type === 'server.finished' || (event.type === 'step.started' && event.step === 'benchmark')).length === names.length
    }
    // One that has come second everywhere ends at once.
    await until(async () => ((await decided('one')) && (await decided('other'))) || runs.every((run) => run.end()))
    await place.write('go', '')
    await Promise.all(runs.map(({ ended }) => ended))
    const [one, other] = await Promise.all(['one', 'other'].map(async (name) => fatesOf(await resultsOf(place, name))))
    const pairs = names.map((id) => [one![id]!, other![id]!].toSorted((a, b) => (a < b ? -1 : 1)).join(' / '))
    expect(new Set(pairs)).toEqual(new Set(['passed / skipped at install: ServerNotOursError']))
    expect(new Set(await statesOf(ironic, names))).toEqual(new Set(['available']))
    const [some = '', others = ''] = await Promise.all(['one', 'other'].map((name) => place.read(`${name}/run.log`)))
    expect(`${some}${others}`).toMatch(/node both-\d is in use by rackbench run /)
  })
})

describe('rackbench killed in the middle', () => {
  test('of installs and benchmarks goes on when resumed, and orders nothing twice', { timeout }, async ({ place }) => {
    const ironic = await slowIronic()
    const names = await enrolSix(ironic, 'killed')
    await prepare(place, ironic, { benchmark: `[ "$1" != killed-1 ] || [ -e '${place.folder}/go' ] || sleep 60; echo 80` })
    const before = await nodeStates(ironic.ask)
    const ordered = await ordersOf(ironic)
    const run = place.start(['run', ...names, '-c', '3'])
    // One is measured, another is being installed.
    await until(async () => {
      const events = await eventsOf(out(place))
      const isMeasured = events.some((event) => event.type === 'step.started' && event.step === 'benchmark' && event.server === 'killed-1')
      return isMeasured && (await statesOf(ironic, names)).includes('deploying')
    }, run)
    run.signal('SIGKILL')
    await run.ended
    await place.write('go', '')
    const { code } = await place.run(['resume', 'rackbench-out'])
    const results = await resultsOf(place)
    expect([code, fatesOf(results), await disagreements(results, ironic, before)]).toEqual([0, allThat(names, 'passed'), []])
    expect((await ordersOf(ironic)).slice(ordered.length).toSorted()).toEqual([...names, ...names].toSorted())
  })

  test('sets free what it holds, when its run is given up', { timeout }, async ({ place }) => {
    const ironic = await slowIronic()
    const names = await enrolSix(ironic, 'free')
    await prepare(place, ironic)
    const before = await nodeStates(ironic.ask)
    const run = place.start(['run', ...names])
    await until(async () => (await statesOf(ironic, names)).includes('deploying'), run)
    run.signal('SIGKILL')
    await run.ended
    expect(await place.run(['destroy', 'rackbench-out'])).toMatchObject({ code: 0 })
    expect([await disagreements(await resultsOf(place), ironic, before), new Set(await statesOf(ironic, names))]).toEqual([[], new Set(['available'])])
    const nodes = await nodeStates(ironic.ask)
    expect(new Set(names.map((name) => nodes.get(name)?.instance_uuid))).toEqual(new Set([null]))
  })
})

describe('the same nodes the next night', () => {
  test('are taken by the next run where the last one has left them, and are not where it died', { timeout }, async ({ place }) => {
    const ironic = await slowIronic()
    const names = await enrolSix(ironic, 'night')
    await prepare(place, ironic)
    expect(await place.run(['run', ...names, '--destroy', 'never', '--out', 'first'])).toMatchObject({ code: 0 })
    expect(new Set(await statesOf(ironic, names))).toEqual(new Set(['active']))

    const [held = '', ...others] = names
    // The second takes them all, and dies while it has one of them.
    await prepare(place, ironic, { benchmark: `[ "$1" != '${held}' ] || sleep 60; echo 80` })
    const second = place.start(['run', ...names, '--destroy', 'never', '--out', 'second'])
    await until(async () => (await eventsOf(join(place.folder, 'second'))).filter(({ type }) => type === 'server.finished').length === others.length, second)
    await until(async () => [...(await nodeStates(ironic.ask)).values()].filter(({ name, instance_uuid: uuid }) => names.includes(name) && uuid === null).length === others.length, second)
    second.signal('SIGKILL')
    await second.ended

    await prepare(place, ironic)
    const { code } = await place.run(['run', ...names, '--out', 'third'])
    const results = await resultsOf(place, 'third')
    expect([code, fatesOf(results)]).toEqual([0, { ...allThat(others, 'passed'), [held]: 'skipped at install: ServerNotOursError' }])
    const { run } = await resultsOf(place, 'second')
    expect(results.servers[0]?.error?.message).toMatch(new RegExp(`^node ${held} is in use by rackbench run ${run.id}: "rackbench resume" or "rackbench destroy --all" of that run sets it free; .*--take-installed takes it$`))
    // The first run has left them, and others have had them since: none of them is its own any more.
    await place.run(['destroy', 'first', '--all'])
    expect(await statesOf(ironic, names)).toEqual(['active', ...others.map(() => 'available')])
    // Given up, the second leaves what it keeps.
    expect(await place.run(['destroy', 'second'])).toMatchObject({ code: 0 })
    expect(await place.run(['run', held, '--out', 'fourth'])).toMatchObject({ code: 0 })
    expect(new Set(await statesOf(ironic, names))).toEqual(new Set(['available']))
  })
})

describe('what is wrong with the request', () => {
  test('is nobody\'s verdict: a wrong password is told before any node is touched, an image that is not there condemns none', { timeout }, async ({ place }) => {
    await using ironic = await startIronic({ login: { user: 'admin', password: 'a-right-password' } })
    const names = await enrolSix(ironic, 'n')
    await change(ironic.ask, 'n-2', waiting)
    const auth = { type: 'http_basic', user: 'admin', password: '${IRONIC_PASSWORD}' }
    await prepare(place, ironic, { provisioner: { auth, deploy: { instanceInfo: { image_source: 'http://127.0.0.1:1/{os}', image_checksum: '0'.repeat(32), image_disk_format: 'raw', image_type: 'whole-disk' } } } })
    const before = await nodeStates(ironic.ask)
    const asked = (await ironic.requests()).length
    const wrong = await place.run(['run', ...names], { env: { IRONIC_PASSWORD: 'a-wrong-password' } })
    const said = `${wrong.stdout}${wrong.stderr}`
    expect([wrong.code, said.match(/401[^\n]*/)?.[0], said.includes('a-wrong-password')]).toEqual([3, expect.stringContaining('Incorrect username or password'), false])
    expect([(await ironic.requests()).slice(asked).filter((line) => !line.startsWith('GET ')), await nodeStates(ironic.ask)]).toEqual([[], before])

    const { code } = await place.run(['run', 'n-1', 'n-2', 'n-7', '--replace'], { env: { IRONIC_PASSWORD: 'a-right-password' } })
    const results = await resultsOf(place)
    expect([code, fatesOf(results)]).toEqual([3, { 'n-1': 'passed', 'n-2': 'failed at install: RequestRefusedError', 'n-7': 'failed at install: UnknownServerError' }])
    expect((await statesOf(ironic, names)).slice(0, 2)).toEqual(['available', 'deploy failed'])
  })
})
