import { STATUS_CODES } from 'node:http'
import { inOneLine } from '../model/escape.ts'
import { ProvisionerUnavailableError, RequestRefusedError, ServerNotOursError, UnknownServerError } from '../model/fault.ts'
import type { Hide } from './answer.ts'
import { parse } from './answer.ts'
import type { HttpAnswer } from './http.ts'

/** What an answer that grants nothing means. */
export interface IronicRefusal {
  readonly error: ProvisionerUnavailableError | RequestRefusedError | ServerNotOursError | UnknownServerError
  /** Ironic refuses this now, has done nothing, and may grant it in a moment: the same may be asked again. */
  readonly mayPass: boolean
  /** The node is in a state in which the order makes no sense. */
  readonly isWrongState: boolean
}

type Meaning = 'may pass' | 'busy' | 'unavailable' | 'not ours' | 'unknown' | 'wrong state' | 'credentials' | 'refused'

/** The first that fits holds; the statuses are a pattern, and the texts are Ironic's. Only its texts tell apart what may pass, and what will not. */
const meanings: readonly (readonly [statuses: RegExp, says: string, meaning: Meaning])[] = [
  [/^409$/, 'is locked by host', 'may pass'],
  [/^409$/, 'state transition is in progress', 'may pass'],
  // No conductor is left; without free workers, Ironic says so.
  [/^503$/, 'Resource temporarily unavailable', 'unavailable'],
  [/^503$/, '', 'may pass'],
  [/^500$/, 'concurrent action limit', 'may pass'],
  [/^(?:400|404)$/, 'No valid host', 'unavailable'],
  [/^5\d\d$/, '', 'unavailable'],
  // Not Ironic's own, but of what may stand before it.
  [/^(?:408|423|425|429)$/, '', 'busy'],
  [/^409$/, 'is already associated with a node', 'not ours'],
  [/^409$/, 'is associated with instance', 'not ours'],
  [/^403$/, 'is protected', 'not ours'],
  [/^400$/, 'in maintenance mode', 'not ours'],
  [/^400$/, 'can not be performed on node', 'wrong state'],
  // An image may be missing as well.
  [/^404$/, 'Node ', 'unknown'],
  [/^(?:401|403)$/, '', 'credentials'],
]

const longestText = 500

/** @param what The request, in words. */
export function ironicRefusal(answer: HttpAnswer, what: string, hide: Hide): IronicRefusal {
  const { status, location } = answer
  const text = ironicText(answer)
  const [, , meaning = 'refused'] = meanings.find(([statuses, says]) => statuses.test(String(status)) && text.includes(says)) ?? []
  const to = status >= 300 && status < 400 && location !== undefined ? `, to ${plain(location, 200)}: redirects are not followed` : ''
  const told = hide(`${what}: ${status} ${STATUS_CODES[status] ?? ''}`.trimEnd() + to + (text === '' ? '' : `: ${text}`))
  return { error: errorOf(meaning, told, answer), mayPass: meaning === 'may pass', isWrongState: meaning === 'wrong state' }
}

function errorOf(meaning: Meaning, told: string, { retryAfterMs }: HttpAnswer): IronicRefusal['error'] {
  if (meaning === 'may pass' || meaning === 'busy') return new ProvisionerUnavailableError(told, { busy: true, retryAfterMs })
  if (meaning === 'unavailable') return new ProvisionerUnavailableError(told, { retryAfterMs })
  if (meaning === 'not ours') return new ServerNotOursError(`${userOf(told)}${told}`)
  if (meaning === 'unknown') return new UnknownServerError(told)
  return new RequestRefusedError(meaning === 'credentials' ? `${told} (are the credentials right?)` : told)
}

/** Whose instance is on the node, if that is why. */
function userOf(told: string): string {
  const [, instance] = /is associated with instance ([\w-]{1,64})/.exec(told) ?? []
  return instance === undefined ? '' : `in use by instance ${instance}: `
}

/**
 * What an answer says, in one line. Ironic has three shapes: JSON in a string of JSON with a `faultstring`, the same with a
 * `description`, and `error.message`. Of anything else, its beginning.
 */
function ironicText({ text }: HttpAnswer): string {
  const told = parse(text)
  const wrapped = field(told, 'error_message')
  const inner = typeof wrapped === 'string' ? (parse(wrapped) ?? wrapped) : wrapped
  const found = [field(inner, 'faultstring'), field(inner, 'description'), field(inner, 'title'), inner, field(field(told, 'error'), 'message'), text]
  return plain(found.find((value) => typeof value === 'string' && value !== '') as string | undefined ?? '', longestText)
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}

function plain(text: string, longest: number): string {
  return inOneLine(text.length > longest ? `${text.slice(0, longest)}...` : text)
}
