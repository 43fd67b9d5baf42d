import { said } from '../model/said.ts'

/**
 * A listener that a program gave. What it throws, at once or later, goes to `onProblem`, the first time it does: it must
 * not hold up the run, or end the process.
 */
export function guardListener<Given extends readonly unknown[]>(name: string, listen: (...given: Given) => unknown, onProblem: (problem: string) => void): (...given: Given) => void {
  let isTold = false
  const failed = (error: unknown): void => {
    if (isTold) return
    isTold = true
    onProblem(`${name} failed: ${said(error)}`)
  }
  return (...given) => {
    try {
      const answer = listen(...given)
      if (answer instanceof Promise) answer.catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}
