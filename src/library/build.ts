import type { Build } from '../model/event.ts'

/** The Jenkins build that this process belongs to, as its environment tells; texts of more than 1000 characters are not told. */
export function buildOf({ JOB_NAME, BUILD_NUMBER, BUILD_URL }: Readonly<Record<string, string | undefined>>): Build {
  const isTold = (text: string | undefined): text is string => text !== undefined && text !== '' && text.length <= 1000
  return {
    ...(isTold(JOB_NAME) && { job: JOB_NAME }),
    ...(isTold(BUILD_NUMBER) && { number: BUILD_NUMBER }),
    ...(isTold(BUILD_URL) && { url: BUILD_URL }),
  }
}
