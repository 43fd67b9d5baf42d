import { setImmediate } from 'node:timers/promises'
import type { RunEvent } from '../model/event.ts'
import type { RunState } from '../model/run-state.ts'
import type { Server, ServerId } from '../model/server.ts'
import type { ServerState } from '../model/server-state.ts'
import { untouched } from '../model/server-state.ts'
import { statusOf } from '../model/verdict.ts'
import type { Place } from './junit-case.ts'
import { testcase } from './junit-case.ts'
import type { Block, Part, Piece } from './report-block.ts'
import { blockSize, openBlock, partOf } from './report-block.ts'
import { standingOf } from './report-standing.ts'
import { serverResult } from './results-server.ts'

/** The pieces of the servers that have finished, each built once and kept until an event touches its server again. */
export interface Pieces {
  /** Costs the same for each event, however many servers there are. */
  readonly note: (event: RunEvent, run: RunState) => void
  /** Builds what is missing, and lets others work in between: after a resume that is as much as all earlier processes have done. */
  readonly prepare: (run: RunState) => Promise<void>
  /** What all servers say at this moment, in selection order: it does not change any more. */
  readonly collect: (run: RunState) => readonly Part[]
}

const builtAtOnce = 100

export function openPieces(place: Place): Pieces {
  const blocks = new Map<number, Block>()

  function blockOf(run: RunState, index: number): Block {
    const number = Math.floor(index / blockSize)
    let block = blocks.get(number)
    if (!block) blocks.set(number, (block = openBlock(Math.min(blockSize, run.plan.servers.length - number * blockSize))))
    return block
  }
  function keep(run: RunState, server: ServerState): Piece {
    const piece = pieceOf(run, server, place)
    blockOf(run, server.index).put(server.index % blockSize, piece)
    return piece
  }
  function collectBlock(run: RunState, servers: readonly ServerState[], waiting: (server: Server) => Piece): Part {
    if (servers.every(({ phase }) => phase === 'waiting')) {
      const untaken = servers.map(({ server }) => server)
      return partOf(() => untaken.map(waiting))
    }
    const block = blockOf(run, servers[0]!.index)
    const pieces = servers.map((server) => {
      if (server.phase === 'waiting') return waiting(server.server)
      return block.get(server.index % blockSize) ?? (isSettled(server) ? keep(run, server) : pieceOf(run, server, place))
    })
    return partOf(() => pieces)
  }

  return {
    note(event, run) {
      if (!('server' in event)) return
      const server = run.servers.get(event.server)
      if (!server) return
      if (event.type === 'server.finished' && isSettled(server)) keep(run, server)
      else blocks.get(Math.floor(server.index / blockSize))?.drop(server.index % blockSize)
    },
    async prepare(run) {
      let built = 0
      for (const server of run.servers.values()) {
        if (!isSettled(server) || blockOf(run, server.index).has(server.index % blockSize)) continue
        keep(run, server)
        built += 1
        if (built % builtAtOnce === 0) await setImmediate()
      }
    },
    collect(run) {
      const waiting = waitingPieces(run, place)
      const servers = [...run.servers.values()]
      return Array.from({ length: Math.ceil(servers.length / blockSize) }, (_, number) => {
        return blocks.get(number)?.whole() ?? collectBlock(run, servers.slice(number * blockSize, (number + 1) * blockSize), waiting)
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
  return { testcase: flat(testcase(server, standing, run.plan, place)), result: JSON.stringify(serverResult(server, standing, run.plan)) }
}

/** The same text in one piece: a text that was put together from many keeps all of them, three times as large. */
function flat(text: string): string {
  return Buffer.from(text).toString()
}

/** Servers that nobody has taken up differ by nothing but the ID, which stands first in their pieces, and the labels. */
function waitingPieces(run: RunState, place: Place): (server: Server) => Piece {
  const server: Server = { id: 'ID' as ServerId, labels: {} }
  const model = pieceOf(run, untouched(server, 0), place)
  const fill = (text: string, around: (id: string) => string): ((id: ServerId) => string) => {
    const [before = '', ...after] = text.split(around(server.id))
    const rest = after.join(around(server.id))
    return (id) => before + around(id) + rest
  }
  const testcaseOf = fill(model.testcase, (id) => `name="${id}"`)
  const resultOf = fill(model.result, (id) => `"id":"${id}"`)
  const labelled = (result: string, labels: Server['labels']): string => result.replace('"labels":{}', () => `"labels":${JSON.stringify(labels)}`)
  return ({ id, labels }) => ({ testcase: testcaseOf(id), result: labelled(resultOf(id), labels) })
}
