/** One request to Ironic's API; the answer's body, as JSON. @throws Error with what Ironic says, if that is no success. */
export type Ask = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) => Promise<unknown>

/** The microversion of 2023.1, which everything here is written for. */
const microversion = '1.82'

export function askAt(url: string, login?: { readonly user: string; readonly password: string }): Ask {
  const headers = {
    'X-OpenStack-Ironic-API-Version': microversion,
    'Content-Type': 'application/json',
    ...(login && { Authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` }),
  }
  return async (method, path, body) => {
    const response = await fetch(`${url}${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
}
