import { describe, expect, test } from 'vitest'
import type { JenkinsWorld } from '../../../src/cli/doctor/jenkins.ts'
import { checkJenkins } from '../../../src/cli/doctor/jenkins.ts'

const workspace = '/var/lib/jenkins/workspace/night'
const env = { JOB_NAME: 'rack/night', BUILD_NUMBER: '7', BUILD_URL: 'https://ci/job/rack/job/night/7/', JENKINS_NODE_COOKIE: 'd1d77d7a' }
const good: JenkinsWorld = { env, cwd: workspace, out: `${workspace}/rackbench-out`, workspace, attaches: true }
const told = (world: Partial<JenkinsWorld>): string[] => checkJenkins({ ...good, ...world }).map(({ status, finding }) => `${status} ${finding}`)
const build = 'ok build 7 of rack/night'

describe('the environment of a build', () => {
  test('is in order where all is there', () => {
    expect(told({})).toEqual([build])
    expect(told({ out: workspace })).toEqual([build])
    expect(told({ out: `${workspace}/..night` })).toEqual([build])
    expect(told({ out: undefined })).toEqual([build])
  })

  test('is none where Jenkins has set nothing', () => {
    expect(told({ env: { JOB_NAME: '', PATH: '/bin' }, workspace: undefined })).toEqual(['ok this is no build of Jenkins'])
  })

  test.each<[string, Partial<JenkinsWorld>, readonly string[]]>([
    ['without an address', { env: { ...env, BUILD_URL: '' } }, [build, 'warn BUILD_URL is not set']],
    ['that is lost on the way', { env: { BUILD_NUMBER: '7' }, workspace: undefined }, ['ok build 7 of ?', 'warn JOB_NAME not set', 'warn BUILD_URL is not set', 'warn WORKSPACE is not set']],
    ['with the run directory elsewhere', { out: '/data/rackbench-out' }, [build, `warn the run directory /data/rackbench-out is not in the workspace ${workspace}`]],
    ['with the run directory beside it', { out: `${workspace}-out` }, [build, `warn the run directory ${workspace}-out is not in the workspace ${workspace}`]],
    ['called in a folder below', { cwd: `${workspace}/sub` }, [build, `warn rackbench is not called in the workspace ${workspace}, but in ${workspace}/sub`]],
    ['called in a folder below, without attachments', { cwd: `${workspace}/sub`, attaches: false }, [build]],
    ['beside another build', { cwd: `${workspace}@2`, workspace: `${workspace}@2`, out: `${workspace}@2/out` }, [build, `warn ${workspace}@2 is the workspace of a build beside another one of the same job`]],
    ['that lets processes live on', { env: { ...env, JENKINS_NODE_COOKIE: 'dontKillMe' } }, [build, 'warn JENKINS_NODE_COOKIE is dontKillMe']],
  ])('%s is warned of', (_what, world, lines) => {
    expect(told(world)).toEqual(lines)
  })
})
