import { AsyncLocalStorage } from 'node:async_hooks'
import type { StepContext } from '../model/provisioner.ts'
import { shareCurrentLog } from './current-log.ts'

const current = shareCurrentLog(() => new AsyncLocalStorage())

/**
 * One line to the log of the server whose step is calling, for code that has no `context` at hand.
 * Says nothing outside a step; work that servers share must not use it.
 */
export const log: StepContext['log'] = (message, level) => current.getStore()?.(message, level)
