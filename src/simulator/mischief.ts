import type { ServerResponse } from 'node:http'
import type { Answer } from './answers.ts'
import type { FaultRule } from './fault-rules.ts'

/** Answers, or does what the rule says instead. Without an answer, a rule is needed. */
export function deliver(response: ServerResponse, answer: Answer | undefined, rule: FaultRule | undefined): void {
  if (rule?.fault === 'html') send(response, rule.status, 'text/html', '<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>')
  else if (rule?.fault === 'error') send(response, 500, 'text/plain', 'Internal Server Error')
  else if (rule?.fault === 'unavailable') send(response, 503, 'text/plain', 'Service Unavailable', { 'retry-after': String(Math.ceil(rule.retryAfterMs / 1000)) })
  else if (!answer) return
  else if (rule?.fault === 'lose' && answer.status < 300) response.destroy()
  else {
    const text = JSON.stringify(answer.body)
    if (rule?.fault === 'cut') cut(response, answer.status, text)
    else send(response, answer.status, 'application/json', text, answer.status === 401 ? { 'www-authenticate': 'Bearer' } : {})
  }
}

function send(response: ServerResponse, status: number, type: string, text: string, more: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...more }).end(text)
}

/** Promises the whole, and ends the connection half way. */
function cut(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.destroy())
}
