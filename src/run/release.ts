import { isLeftBehind } from '../model/kept.ts'
import type { ServerLog } from '../model/log.ts'
import { operationKey } from '../model/operation.ts'
import type { LogLevel } from '../model/provisioner.ts'
import { said } from '../model/said.ts'
import type { ServerId } from '../model/server.ts'
import { installInDoubt } from '../model/server-state.ts'
import type { RunContext } from './pipeline.ts'
import { startTimeLimit } from './time-limit.ts'

/** Nobody waits for a release but the worker of this server, and it must not hold up the end of a run. */
const limitMs = 10_000
const graceMs = 1000

/**
 * Tells the provisioner that this run is through with a server that it leaves as it is. Never rejects, and costs no server its verdict:
 * what is not released stays the run's. A run whose journal is lost releases none, since a later process would go on with them.
 */
export async function releaseServer(context: Pick<RunContext, 'run' | 'provisioner' | 'journalLost' | 'logs' | 'clean' | 'clock'>, id: ServerId, log?: ServerLog): Promise<void> {
  const { provisioner, journalLost, logs, clean, clock } = context
  const { run, plan, servers } = context.run()
  const state = servers.get(id)!
  if (!provisioner.release || journalLost.reason || !isLeftBehind(state)) return
  const limit = startTimeLimit({ limitMs, graceMs, clock })
  let isOver = false
  const say = (message: string, level: LogLevel = 'info'): void => {
    if (isOver) return
    for (const line of clean.lines(said(message))) {
      if (log) log.write(level, undefined, line)
      else logs.run(level, `server ${id}: ${line}`)
    }
  }
  const number = installInDoubt(state)
  const doubt = number === undefined ? {} : { inDoubt: { os: plan.os, idempotencyKey: operationKey(run, id, 'install', number) } }
  const given = { signal: limit.signal, log: say, idempotencyKey: `${run}/${id}/release/${state.turn}`, ...doubt }
  const settled = await limit.settle((async () => provisioner.release?.({ ...state.server }, given))())
  isOver = true
  limit.end()
  if (settled.is === 'done') return
  const why = settled.is === 'thrown' ? said(settled.error) : `no answer within ${limitMs / 1000} s`
  logs.run('warn', clean.line(`server ${id}: the provisioner could not be told that this run has left it, so other runs may leave it alone; "rackbench destroy --all" sets it free: ${why}`))
}
