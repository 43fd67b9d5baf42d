import { expect, test } from 'vitest'
import type { HttpAnswer } from '../../src/clients/http.ts'
import { ironicRefusal } from '../../src/clients/ironic-fault.ts'
import { answer, faulty, locked } from '../fixtures/ironic-answers.ts'

const hide = (text: string): string => text.replaceAll('hunter2', '***')
const told = (given: HttpAnswer): string => {
  const { error, mayPass } = ironicRefusal(given, 'PUT /v1/nodes/n-1', hide)
  const marks = [mayPass && 'may pass', 'busy' in error && error.busy && 'busy'].filter(Boolean).join(', ')
  return `${error.name}${marks === '' ? '' : ` (${marks})`}: ${error.message}`
}

test('of each refusal that Ironic is known for, it is told whose fault it is and whether it may pass', () => {
  const answers = [
    locked,
    faulty(409, 'Node k1 can not be updated while a state transition is in progress.'),
    faulty(503, 'Requested action cannot be performed due to lack of free conductor workers.'),
    faulty(503, 'Resource temporarily unavailable, please retry.'),
    faulty(500, 'Unable to process request at this time. The concurrent action limit for unprovisioning has been reached.'),
    faulty(400, 'No valid host was found. Reason: No conductor service registered which supports driver nope.'),
    faulty(404, 'No valid host was found. Reason: No conductor service registered which supports driver nope.'),
    faulty(500, 'Unable to establish connection to http://127.0.0.1:18089: ...'),
    faulty(500, "type object 'Node' has no attribute 'bogus'"),
    faulty(409, 'Instance 1c is already associated with a node, it cannot be associated with this other node 1b'),
    faulty(409, 'Node 1b is associated with instance 1c-2d.'),
    faulty(409, 'A node with name x-1 already exists.'),
    faulty(403, 'Node 1b is protected and cannot be undeployed, rebuilt or deleted'),
    faulty(400, "The provisioning operation can't be performed on node 1b because it's in maintenance mode."),
    faulty(400, 'The requested action "active" can not be performed on node "1b" while it is in state "manageable".'),
    faulty(400, 'Failed to validate deploy or power info for node 1b'),
    faulty(404, 'Node nope could not be found.'),
    faulty(404, 'Image nope could not be found.'),
    answer(404, { error_message: JSON.stringify({ code: 404, title: 'Not Found', description: '' }) }),
    answer(406, { error_message: JSON.stringify({ code: 406, title: 'Not Acceptable', description: 'Version 1.99 was requested' }) }),
    answer(401, { error: { message: 'Incorrect username or password', code: 401 } }),
    answer(400, { error: { message: 'Unsupported authorization type "Bearer"', code: 400 } }),
    answer(429, 'slow down', { retryAfterMs: 5000 }),
    answer(302, '', { location: 'https://elsewhere/\u001b[31m' }),
  ]
  expect(answers.map(told).map((line) => line.replace('PUT /v1/nodes/n-1: ', ''))).toEqual([
    'ProvisionerUnavailableError (may pass, busy): 409 Conflict: Node 1b is locked by host 127.0.0.1, please retry after the current operation is completed.',
    'ProvisionerUnavailableError (may pass, busy): 409 Conflict: Node k1 can not be updated while a state transition is in progress.',
    'ProvisionerUnavailableError (may pass, busy): 503 Service Unavailable: Requested action cannot be performed due to lack of free conductor workers.',
    'ProvisionerUnavailableError: 503 Service Unavailable: Resource temporarily unavailable, please retry.',
    'ProvisionerUnavailableError (may pass, busy): 500 Internal Server Error: Unable to process request at this time. The concurrent action limit for unprovisioning has been reached.',
    'ProvisionerUnavailableError: 400 Bad Request: No valid host was found. Reason: No conductor service registered which supports driver nope.',
    'ProvisionerUnavailableError: 404 Not Found: No valid host was found. Reason: No conductor service registered which supports driver nope.',
    'ProvisionerUnavailableError: 500 Internal Server Error: Unable to establish connection to http://127.0.0.1:18089: ...',
    "ProvisionerUnavailableError: 500 Internal Server Error: type object 'Node' has no attribute 'bogus'",
    'ServerNotOursError: 409 Conflict: Instance 1c is already associated with a node, it cannot be associated with this other node 1b',
    'ServerNotOursError: in use by instance 1c-2d: 409 Conflict: Node 1b is associated with instance 1c-2d.',
    'RequestRefusedError: 409 Conflict: A node with name x-1 already exists.',
    'ServerNotOursError: 403 Forbidden: Node 1b is protected and cannot be undeployed, rebuilt or deleted',
    "ServerNotOursError: 400 Bad Request: The provisioning operation can't be performed on node 1b because it's in maintenance mode.",
    'RequestRefusedError: 400 Bad Request: The requested action "active" can not be performed on node "1b" while it is in state "manageable".',
    'RequestRefusedError: 400 Bad Request: Failed to validate deploy or power info for node 1b',
    'UnknownServerError: 404 Not Found: Node nope could not be found.',
    'RequestRefusedError: 404 Not Found: Image nope could not be found.',
    'RequestRefusedError: 404 Not Found: Not Found',
    'RequestRefusedError: 406 Not Acceptable: Version 1.99 was requested',
    'RequestRefusedError: 401 Unauthorized: Incorrect username or password (are the credentials right?)',
    'RequestRefusedError: 400 Bad Request: Unsupported authorization type "Bearer"',
    'ProvisionerUnavailableError (busy): 429 Too Many Requests: slow down',
    'RequestRefusedError: 302 Found, to https://elsewhere/: redirects are not followed',
  ])
})

test('what is no fault of Ironic\'s is told by its beginning: in one line, without escapes, without secrets', () => {
  const bodies = ['<html>\n  <h1>Bad\u001b[31m gateway</h1> hunter2 '.padEnd(2000, 'x'), '{"error_message": "{half"}', '{"error_message": {"faultstring": "no string in a string"}}', '{"error_message": 7}', '[]', 'null', '']
  expect(bodies.map((body) => told(answer(400, body)).replace('RequestRefusedError: PUT /v1/nodes/n-1: 400 Bad Request', ''))).toEqual([
    expect.stringMatching(/^: <html> <h1>Bad gateway<\/h1> \*\*\* x{400,500}\.\.\.$/),
    ': {half',
    ': no string in a string',
    ': {"error_message": 7}',
    ': []',
    ': null',
    '',
  ])
})
