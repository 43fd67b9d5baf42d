import type { ServerId } from '../model/server.ts'
import { isServerId } from '../model/server.ts'
import type { RequestKind } from './fault-rules.ts'

/** What a request asks for. */
export type Route =
  | { readonly to: 'order'; readonly kind: Exclude<RequestKind, 'operations' | 'servers'>; readonly server: ServerId }
  | { readonly to: 'operation'; readonly kind: 'operations'; readonly id: string }
  | { readonly to: 'list'; readonly kind: 'servers'; readonly cursor: string | undefined }
  | { readonly to: 'look'; readonly kind: 'servers'; readonly server: ServerId }
  | { readonly to: 'clearMark'; readonly kind: 'mark-broken'; readonly server: ServerId }
  | { readonly to: 'nowhere'; readonly status: 404 | 405; readonly message: string }

const actions = ['install', 'benchmark', 'destroy', 'mark-broken'] as const

/** @param target The path of a request, with its query. */
export function routeOf(method: string, target: string): Route {
  const [path = '', query = ''] = target.split('?', 2)
  const [, room, name, action, ...rest] = path.split('/').map(decoded)
  const wrongMethod: Route = { to: 'nowhere', status: 405, message: `${method.slice(0, 20)} is not for this path` }
  if (room === 'servers' && name === undefined) return method === 'GET' ? { to: 'list', kind: 'servers', cursor: new URLSearchParams(query).get('cursor') ?? undefined } : wrongMethod
  if (room === 'operations' && name !== undefined && action === undefined) return method === 'GET' ? { to: 'operation', kind: 'operations', id: name } : wrongMethod
  if (room !== 'servers' || name === undefined || rest.length > 0) return { to: 'nowhere', status: 404, message: 'there is nothing at this path' }
  if (!isServerId(name)) return { to: 'nowhere', status: 404, message: 'there is no such server: its name is no server ID' }
  const server: ServerId = name
  if (action === undefined) return method === 'GET' ? { to: 'look', kind: 'servers', server } : wrongMethod
  if (action === 'mark-broken' && method === 'DELETE') return { to: 'clearMark', kind: 'mark-broken', server }
  const kind = actions.find((known) => known === action)
  if (!kind) return { to: 'nowhere', status: 404, message: 'there is nothing at this path' }
  return method === 'POST' ? { to: 'order', kind, server } : wrongMethod
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
