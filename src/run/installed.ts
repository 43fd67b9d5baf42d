import { DefectError } from '../model/fault.ts'
import type { Installed } from '../model/server.ts'
import type { Cleaner } from './clean.ts'

const mostFacts = 100
const longestValue = 1024
/** A name that no journal gives back. */
const inherited = '__proto__'

/**
 * Takes what `install` answered for what it is: nothing, or an address and facts.
 *
 * @throws DefectError if it is something else: the adapter is wrong, not the server.
 */
export function readInstalled(answer: unknown, clean: Cleaner): { readonly installed?: Installed } {
  try {
    return installedOf(answer, clean)
  } catch (error) {
    if (error instanceof DefectError) throw error
    throw new DefectError('what install answered cannot be read', { cause: error })
  }
}

function installedOf(answer: unknown, clean: Cleaner): { readonly installed?: Installed } {
  if (answer === undefined || answer === null) return {}
  if (typeof answer !== 'object' || Array.isArray(answer)) throw new DefectError(`install answered ${typeof answer}, not nothing or { address, facts }`)
  const address: unknown = Reflect.get(answer, 'address')
  const facts: unknown = Reflect.get(answer, 'facts')
  if (address !== undefined && address !== null && typeof address !== 'string') throw new DefectError(`install answered an address that is ${typeof address}, not a text`)
  return {
    installed: {
      ...(typeof address === 'string' && { address: clean.line(address, longestValue) }),
      ...(facts !== undefined && facts !== null && { facts: readFacts(facts, clean) }),
    },
  }
}

function readFacts(facts: unknown, clean: Cleaner): Record<string, string> {
  if (typeof facts !== 'object' || Array.isArray(facts)) throw new DefectError(`install answered facts that are ${typeof facts}, not texts by name`)
  const entries = Object.entries(facts as object).slice(0, mostFacts)
  for (const [name, value] of entries) {
    if (!['string', 'number', 'boolean'].includes(typeof value)) throw new DefectError(`install answered a fact ${clean.line(name, 60)} that is ${typeof value}, not a text`)
  }
  const cleaned = entries.map(([name, value]) => [clean.line(name, 128), clean.line(String(value), longestValue)] as const)
  return Object.fromEntries(cleaned.filter(([name]) => name !== inherited))
}
