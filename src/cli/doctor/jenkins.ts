import { relative, sep } from 'node:path'
import type { Finding } from './finding.ts'
import { about } from './finding.ts'

export interface JenkinsWorld {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute, with links resolved. */
  readonly cwd: string
  /** The run directory, absolute, with links resolved; nothing if it is not known. */
  readonly out: string | undefined
  /** The build's workspace, absolute, with links resolved; nothing if the environment names none. */
  readonly workspace: string | undefined
  /** Whether logs are named for Jenkins to attach. */
  readonly attaches: boolean
}

const { ok, warn } = about('jenkins')
const marks = ['JENKINS_URL', 'JOB_NAME', 'BUILD_NUMBER', 'JENKINS_NODE_COOKIE', 'JENKINS_SERVER_COOKIE']

/** Looks at the environment that a Jenkins gives to a build: what the steps that publish need, and what an abort does. */
export function checkJenkins(world: JenkinsWorld): Finding[] {
  const { env } = world
  const told = (name: string): string => env[name] ?? ''
  if (!marks.some((name) => told(name) !== '')) return [ok('this is no build of Jenkins')]
  const build = `build ${told('BUILD_NUMBER') || '?'} of ${told('JOB_NAME') || '?'}`
  const missing = ['JOB_NAME', 'BUILD_NUMBER'].filter((name) => told(name) === '')
  return [
    ok(build),
    ...(missing.length > 0 ? [warn(`${missing.join(' and ')} not set`, 'hand the environment of the build on to rackbench (sudo -E, docker run --env): reports tell which build they are of')] : []),
    ...(told('BUILD_URL') === '' ? [warn('BUILD_URL is not set', 'let an administrator set the Jenkins URL (Manage Jenkins, System): reports link to their build by it')] : []),
    ...checkWorkspace(world),
    ...(told('JENKINS_NODE_COOKIE') === 'dontKillMe' ? [warn('JENKINS_NODE_COOKIE is dontKillMe', 'leave it alone: what lives on after the build may still wipe machines that the next build takes')] : []),
  ]
}

function checkWorkspace({ workspace, out, cwd, attaches }: JenkinsWorld): Finding[] {
  if (workspace === undefined) return [warn('WORKSPACE is not set', 'hand the environment of the build on to rackbench: without it nobody knows whether junit will find the report')]
  return [
    ...(out !== undefined && !isWithin(workspace, out)
      ? [warn(`the run directory ${out} is not in the workspace ${workspace}`, 'set --out to a path in it, or copy junit.xml there: junit and archiveArtifacts find nothing elsewhere')]
      : []),
    ...(attaches && cwd !== workspace ? [warn(`rackbench is not called in the workspace ${workspace}, but in ${cwd}`, 'call junit in the same dir(): it looks for attached logs from there; or use --attach none')] : []),
    ...(/@\d+$/.test(workspace) ? [warn(`${workspace} is the workspace of a build beside another one of the same job`, 'add disableConcurrentBuilds(): two runs would take the same servers, and neither sees what the other left')] : []),
  ]
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`)
}
