import { marksAllowed } from '../model/budget.ts'
import { checkEndpoint } from '../clients/endpoint.ts'
import { systemClock } from '../model/clock.ts'
import type { Subscriber } from '../model/event.ts'
import { journalVersion } from '../model/event.ts'
import type { RunState } from '../model/run-state.ts'
import { logSubscriber } from '../reporters/log-subscriber.ts'
import { carryOutNew } from '../run/carry-out.ts'
import { createCleaner } from '../run/clean.ts'
import type { Look } from '../run/gate.ts'
import { newRunId } from '../run/run-id.ts'
import { createStop } from '../run/stop.ts'
import { buildOf } from './build.ts'
import { closeAdapter } from './close-adapter.ts'
import { guardListener } from './listener.ts'
import { openRecording } from './recording.ts'
import type { Request } from './request.ts'
import type { BenchmarkResult } from './result.ts'
import { resultOf } from './result.ts'
import { carryOutAndClose } from './session.ts'
import { stopAtAbort } from './stop-at-abort.ts'

/** Carries out what a program asks for. */
export async function carryOutRequest({ plan, provisioner, benchmark, secrets, notes, signal, onEvent, onLine, ...place }: Request): Promise<BenchmarkResult> {
  const clock = systemClock
  const now = clock.now()
  const clean = createCleaner(secrets)
  const problems: string[] = []
  const onProblem = (problem: string): void => void problems.push(clean.line(problem))
  const line = onLine ? guardListener('onLine', onLine, onProblem) : (): void => {}
  const { logs, reports, sink, held, release } = await openRecording(place, { plan, cwd: process.cwd(), console: { line }, clock, onProblem })
  const stop = createStop()
  let stopListening = (): void => {}
  try {
    if (signal) stopListening = stopAtAbort(signal, stop, clean)
    for (const note of notes) logs.run('warn', clean.line(note))
    const tellEvent = onEvent && guardListener('onEvent', onEvent, onProblem)
    const told: readonly Subscriber<RunState>[] = tellEvent ? [(event) => tellEvent(structuredClone(event))] : []
    const subscribers = [logSubscriber(logs, place.out === undefined ? {} : { directory: place.out }), reports.listen, ...told]
    const look: Look = (endpoint, how) => checkEndpoint(endpoint, { ...how, clock })
    const equipment = { provisioner, benchmark, sink, logs, subscribers, clock, random: Math.random, clean, look, stop }
    const budget = marksAllowed(plan.maxBroken, plan.servers.length)
    const end = await carryOutAndClose({ equipment, logs, reports, problems }, async () => {
      const carried = await carryOutNew({ version: journalVersion, run: newRunId(now), plan, build: buildOf(process.env), budget }, equipment)
      await closeAdapter('benchmark', benchmark, clock, onProblem)
      return carried
    })
    return resultOf(end, held)
  } finally {
    stopListening()
    await release()
  }
}
