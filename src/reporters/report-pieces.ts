import { setImmediate } from 'node:timers/promises'
import type { RunEvent } from '../model/event.ts'
import type { RunState } from '../model/run-state.ts'
import type { Server, ServerId } from '../model/server.ts'
import type { ServerState } from '../model/server-state.ts'
import { untouched } from '../model/server-state.ts'
import { statusOf } from '../model/verdict.ts'
import type { CaseKind, Place } from './junit-case.ts'
import { kindOf, testcase } from './junit-case.ts'
import type { Standing } from './report-standing.ts'
import { standingOf } from './report-standing.ts'
import { serverResult } from './results-server.ts'

/** What one server adds to the reports. */
export interface Piece {
  readonly id: ServerId
  readonly status: Standing['status']
  readonly kind: CaseKind
  /** Its element of junit.xml. */
  readonly testcase: string
  /** Its object of results.json. */
  readonly result: string
  /** The moment, in milliseconds since 1970, up to which it is known to have been worked on; 0 if it was not. */
  readonly endMs: number
}

/** The pieces of the servers that have finished, each built once and kept until an event touches its server again. */
export interface Pieces {
  /** Costs the same for each event, however many servers there are. */
  readonly note: (event: RunEvent, run: RunState) => void
  /** Builds what is missing, and lets others work in between: after a resume that is as much as all earlier processes have done. */
  readonly prepare: (run: RunState) => Promise<void>
  /** All servers of this moment, in selection order. */
  readonly collect: (run: RunState) => readonly Piece[]
}

const builtAtOnce = 100

export function openPieces(place: Place): Pieces {
  const ready = new Map<ServerId, Piece>()
  const keep = (run: RunState, server: ServerState): Piece => {
    const piece = pieceOf(run, server, place)
    ready.set(piece.id, piece)
    return piece
  }
  return {
    note(event, run) {
      if (!('server' in event)) return
      ready.delete(event.server)
      const server = event.type === 'server.finished' ? run.servers.get(event.server) : undefined
      if (server && isSettled(server)) keep(run, server)
    },
    async prepare(run) {
      let built = 0
      for (const [id, server] of run.servers) {
        if (ready.has(id) || !isSettled(server)) continue
        keep(run, server)
        built += 1
        if (built % builtAtOnce === 0) await setImmediate()
      }
    },
    collect(run) {
      const waiting = waitingPieces(run, place)
      return Array.from(run.servers, ([id, server]) => {
        if (server.phase === 'waiting') return waiting(id)
        return ready.get(id) ?? (isSettled(server) ? keep(run, server) : pieceOf(run, server, place))
      })
    },
  }
}

/** Whether what is said of the server depends on nothing but itself any more; until then, also on why the run is being stopped. */
function isSettled(server: ServerState): boolean {
  return statusOf(server) !== 'unfinished'
}

function pieceOf(run: RunState, server: ServerState, place: Place): Piece {
  const standing = standingOf(run, server)
  return {
    id: server.server.id,
    status: standing.status,
    kind: kindOf(standing),
    testcase: flat(testcase(server, standing, run.plan, place)),
    result: flat(JSON.stringify(serverResult(server, standing, run.plan))),
    endMs: server.startedAt === undefined ? 0 : Date.parse(server.startedAt) + server.durationMs,
  }
}

/** The same text in one piece: a text that was put together from many keeps all of them, three times as large. */
function flat(text: string): string {
  return Buffer.from(text).toString()
}

/** Servers that nobody has taken up differ by nothing but the ID, which stands first in their pieces. */
function waitingPieces(run: RunState, place: Place): (id: ServerId) => Piece {
  const server: Server = { id: 'ID' as ServerId, labels: {} }
  const model = pieceOf(run, untouched(server, 0), place)
  const fill = (text: string, around: (id: string) => string): ((id: ServerId) => string) => {
    const [before = '', ...after] = text.split(around(server.id))
    const rest = after.join(around(server.id))
    return (id) => before + around(id) + rest
  }
  const testcaseOf = fill(model.testcase, (id) => `name="${id}"`)
  const resultOf = fill(model.result, (id) => `"id":"${id}"`)
  return (id) => ({ ...model, id, testcase: testcaseOf(id), result: resultOf(id) })
}
