/** Words to choose from, for settings that have no others. Apart from the plan, so that whoever only lists them need not load its schema. */
export const destroyPolicies = ['passing', 'always', 'never'] as const
export const attachChoices = ['failed', 'all', 'none'] as const
export const benchmarkTypes = ['ssh', 'command'] as const
export const inventoryTypes = ['http', 'file', 'ironic', 'provisioner'] as const
export const logFormats = ['text', 'json'] as const
/** What becomes of a server that no threshold is about. */
export const unmatchedChoices = ['fail', 'pass'] as const
/** In which order servers are started. */
export const orderChoices = ['given', 'longest-first'] as const
/** How the port monitor may answer; the first is the usual one. */
export const portsFormats = ['text', 'json', 'ndjson'] as const
