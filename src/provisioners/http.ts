import { createHttpClient } from '../clients/http.ts'
import type { Action, Order } from '../clients/protocol.ts'
import { createProtocol, mostRequests } from '../clients/protocol.ts'
import type { Succeeded } from '../clients/protocol-schema.ts'
import type { Clock } from '../model/clock.ts'
import { MeasurementError, RequestRefusedError } from '../model/fault.ts'
import type { Metrics } from '../model/metrics.ts'
import type { Provisioner, StepContext } from '../model/provisioner.ts'
import type { Server } from '../model/server.ts'
import { isServerId } from '../model/server.ts'
import { readHttpSettings } from './http-settings.ts'

/**
 * A provisioner behind HTTP that speaks the provisioner protocol, version 1: docs/provisioner-protocol.yaml.
 *
 * @throws UsageError with a line for each thing that is wrong in the settings.
 */
export async function openHttp(settings: Readonly<Record<string, unknown>>, clock: Clock, env: Readonly<Record<string, string | undefined>>): Promise<Provisioner> {
  const { url, headers, ca, requestLimitMs, secrets } = await readHttpSettings(settings, env)
  const client = createHttpClient({ url, headers, ca, limitMs: requestLimitMs, connections: mostRequests, clock })
  const hide = (text: string): string => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
  const { carryOut, page, clearMark } = createProtocol({ send: client.send, clock, hide })
  const ask = (action: Action, { id }: Server, body: unknown, context: StepContext): Promise<Succeeded> => carryOut({ server: id, action, body, key: context.idempotencyKey }, context)

  return {
    name: 'http',
    async install(server, os, context) {
      const { address, facts } = await ask('install', server, { os }, context)
      return { ...(address !== undefined && { address }), ...(facts !== undefined && { facts }) }
    },
    async benchmark(server, context) {
      const { metrics } = await ask('benchmark', server, {}, context)
      if (metrics === undefined) throw new MeasurementError('the provisioner says that the benchmark has succeeded, and gives no metrics')
      return metrics as Metrics
    },
    async destroy(server, { inDoubt, ...context }) {
      const { id } = server
      const install: Order | undefined = inDoubt && { server: id, action: 'install', body: { os: inDoubt.os }, key: inDoubt.idempotencyKey }
      await carryOut({ server: id, action: 'destroy', body: {}, key: context.idempotencyKey, ...(install && { inDoubt: install }) }, context)
    },
    async markAsBroken(server, reason, context) {
      await ask('mark-broken', server, { reason }, context)
    },
    async check(context) {
      await page(undefined, context)
    },
    async *list(context) {
      const cursors = new Set<string>()
      for (let cursor: string | undefined; ; cursors.add(cursor)) {
        const { servers, next } = await page(cursor, context)
        for (const { id, address, labels = {}, state } of servers) {
          if (isServerId(id)) yield { id, labels, state, ...(address !== undefined && { address }) }
          else context.log(`the provisioner has a server whose name is no server ID, and it is left out: ${JSON.stringify(id.slice(0, 80))}`, 'warn')
        }
        if (next === undefined) return
        if (cursors.has(next)) throw new RequestRefusedError('the provisioner lists the same page of servers again and again')
        cursor = next
      }
    },
    clearMark: ({ id }, context) => clearMark(id, context),
    close: client.close,
  }
}
