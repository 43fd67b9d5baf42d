import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Ran, Running } from './fixtures/shell.ts'
import { checkout, exists, holds, sh, start } from './fixtures/shell.ts'

const jenkinsfile = await readFile(join(checkout, 'Jenkinsfile'), 'utf8')

/** What Jenkins 2.462 with junit 1312, and Jenkins 2.541 with junit 1402, both take: an unknown parameter stops the build before anything runs. */
const knownParameters: Readonly<Record<string, readonly string[]>> = {
  string: ['name', 'defaultValue', 'description', 'trim'],
  logRotator: ['daysToKeepStr', 'numToKeepStr', 'artifactDaysToKeepStr', 'artifactNumToKeepStr'],
  timeout: ['time', 'activity', 'unit'],
  sh: ['script', 'encoding', 'label', 'returnStatus', 'returnStdout'],
  junit: [
    'testResults', 'allowEmptyResults', 'checksName', 'healthScaleFactor', 'keepLongStdio', 'keepProperties', 'keepTestNames',
    'skipMarkingBuildUnstable', 'skipOldReports', 'skipPublishingChecks', 'stdioRetention', 'testDataPublishers',
  ],
  publishHTML: ['target'],
  archiveArtifacts: ['artifacts', 'allowEmptyArchive', 'caseSensitive', 'defaultExcludes', 'excludes', 'fingerprint', 'followSymlinks', 'onlyIfSuccessful'],
}

interface Call {
  readonly step: string
  readonly parameters: readonly string[]
}

/** Every call with named parameters, in the order of the text. */
function callsIn(groovy: string): Call[] {
  const bare = groovy.replaceAll(/(?<!['":])\/\/.*/g, '').replaceAll(/'[^'\n]*'|"[^"\n]*"/g, "''").replaceAll(/\[[^[\]]*\]/g, "''")
  return [...bare.matchAll(/\b(\w+)(?:\(\s*|[ ])((?:\w+: *(?:''|\w+)(?:,\s*)?)+)/g)].map(([, step = '', named = '']) => ({
    step,
    parameters: [...named.matchAll(/(\w+):/g)].map(([, name = '']) => name),
  }))
}

/** The scripts of all `sh` steps, in order. */
function scriptsIn(groovy: string): string[] {
  return [...groovy.matchAll(/\bscript: '((?:[^'\\\n]|\\.)*)'/g)].map(([, script = '']) => script)
}

describe('the Jenkinsfile', () => {
  test('uses only parameters that the Jenkins versions tried know', () => {
    const strange = callsIn(jenkinsfile).flatMap(({ step, parameters }) => parameters.filter((name) => !knownParameters[step]?.includes(name)).map((name) => `${step} ${name}`))
    expect(strange).toEqual([])
    expect(new Set(callsIn(jenkinsfile).map(({ step }) => step))).toEqual(new Set(Object.keys(knownParameters)))
  })

  test('takes every script in single quotes, so that no value of a parameter is put into one by Groovy', () => {
    const shells = callsIn(jenkinsfile).filter(({ step }) => step === 'sh')
    expect(shells).toHaveLength(scriptsIn(jenkinsfile).length)
    expect(shells.every(({ parameters }) => parameters.includes('label'))).toBe(true)
  })

  test('hands every parameter on to the environment, for the first build of a job has none there', () => {
    const parameters = [...jenkinsfile.matchAll(/string\(name: '(\w+)'/g)].map(([, name = '']) => name)
    const environment = /environment \{([^}]*(?:\{[^}]*\}[^}]*)*)\n {2}\}/.exec(jenkinsfile)?.[1]
    expect(parameters).toEqual(['SERVERS', 'PROVISIONER', 'THRESHOLD'])
    expect(environment?.trim().split(/\n\s*/)).toEqual(parameters.map((name) => `${name} = "\${params.${name}}"`))
  })

  test('gives rackbench ten minutes more than its deadline before it is cut off', () => {
    const [, hours] = /--deadline (\d+)h/.exec(jenkinsfile) ?? []
    const [, minutes] = /timeout\(time: (\d+), unit: 'MINUTES'\)/.exec(jenkinsfile) ?? []
    expect(Number(minutes)).toBe(Number(hours) * 60 + 10)
  })

  test('publishes the HTML report with all that the plugin asks for, and goes on where it is not installed', () => {
    const [, target = ''] = /try \{\s*publishHTML\(target: \[([^\]]*)\]\)\s*\} catch \(NoSuchMethodError/.exec(jenkinsfile) ?? []
    const names = [...target.matchAll(/^\s*(\w+):/gm)].map(([, name = '']) => name)
    expect(names).toEqual(expect.arrayContaining(['reportName', 'reportDir', 'reportFiles', 'keepAll', 'alwaysLinkToLastBuild', 'allowMissing']))
    expect(names.filter((name) => !['reportName', 'reportDir', 'reportFiles', 'keepAll', 'alwaysLinkToLastBuild', 'allowMissing', 'includes', 'reportTitles'].includes(name))).toEqual([])
  })

  test('publishes in the stage that runs the benchmark, the files first: a missing report fails the junit step', () => {
    const post = /post \{\s*always \{([\s\S]*)/.exec(jenkinsfile)?.[1] ?? ''
    expect(callsIn(post).map(({ step }) => step)).toEqual(['archiveArtifacts', 'publishHTML', 'junit'])
    expect(jenkinsfile.indexOf("stage('Benchmark')")).toBeLessThan(jenkinsfile.indexOf('post {'))
    expect(jenkinsfile.match(/\bpost \{/g)).toHaveLength(1)
  })
})

/** Debian's starter looks for Java in one place only. */
async function javaHome(): Promise<Record<string, string>> {
  if (process.env['JAVA_HOME']) return {}
  const java = execFileSync('sh', ['-c', 'command -v java'], { encoding: 'utf8' }).trim()
  return { JAVA_HOME: dirname(dirname(await realpath(java))) }
}

function hasGroovy(): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v groovy && command -v java'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Parses only, and prints each call with named parameters. */
const parser = `
  import org.codehaus.groovy.ast.*
  import org.codehaus.groovy.ast.expr.*
  import org.codehaus.groovy.control.*
  def unit = new CompilationUnit()
  unit.addSource(new File(args[0]))
  unit.compile(Phases.CONVERSION)
  unit.AST.modules[0].statementBlock.visit(new CodeVisitorSupport() {
    void visitMethodCallExpression(MethodCallExpression call) {
      def named = call.arguments instanceof TupleExpression ? call.arguments.expressions.find { it instanceof MapExpression } : null
      if (named) println(([call.methodAsString] + named.mapEntryExpressions.collect { it.keyExpression.text }).join(' '))
      super.visitMethodCallExpression(call)
    }
  })
`

describe.skipIf(!hasGroovy())('the Jenkinsfile, parsed by the Groovy that Jenkins has inside', () => {
  test('is Groovy, and its calls are those that these tests look at', async () => {
    const { code, stdout, stderr } = await start(['groovy', '-e', parser, 'Jenkinsfile'], { cwd: checkout, env: await javaHome() }).ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.trim().split('\n')).toEqual(callsIn(jenkinsfile).map(({ step, parameters }) => [step, ...parameters].join(' ')))
  })

  test('would not be taken with a brace too few', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rackbench-groovy-'))
    await writeFile(join(folder, 'Jenkinsfile'), jenkinsfile.trimEnd().slice(0, -1))
    const { code, stderr } = await start(['groovy', '-e', parser, 'Jenkinsfile'], { cwd: folder, env: await javaHome() }).ended
    expect(code).toBe(1)
    expect(stderr).toContain('expecting')
    await rm(folder, { recursive: true })
  })
})

const [build = '', wipe = '', removeReport = '', benchmark = ''] = scriptsIn(jenkinsfile)

describe('the scripts of the Jenkinsfile, run by sh -xe in a checkout', () => {
  const usual = { SERVERS: '101-104', PROVISIONER: 'simulated', THRESHOLD: '50', CI: 'true', BUILD_NUMBER: '7', JOB_NAME: 'fleet' }
  let workspace = ''
  let running: Running[] = []

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'rackbench-workspace-'))
    running = []
    await symlink(join(checkout, 'dist'), join(workspace, 'dist'))
    await simulate('defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms }, destroy: { takes: 1ms } }\nservers: { "104": { benchmark: { score: 31 } } }\n')
  })
  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL')
    await Promise.all(running.map(({ ended }) => ended))
    await rm(workspace, { recursive: true })
  })

  const simulate = (rack: string): Promise<void> => writeFile(join(workspace, 'rack.yaml'), rack)
  const inWorkspace = (name: string): string => join(workspace, name)

  function launch(script: string, parameters: Readonly<Record<string, string>> = {}, bin?: string): Running {
    const started = sh(script, { cwd: workspace, env: { ...usual, RACKBENCH_SIMULATION: 'rack.yaml', ...parameters }, ...(bin !== undefined && { bin }) })
    running.push(started)
    return started
  }
  const run = (script: string, parameters?: Readonly<Record<string, string>>): Promise<Ran> => launch(script, parameters).ended

  test('build with what is needed for it, whatever NODE_ENV the agent has', async () => {
    await mkdir(inWorkspace('bin'))
    await writeFile(inWorkspace('bin/npm'), '#!/bin/sh\necho "npm $*"\n')
    await chmod(inWorkspace('bin/npm'), 0o755)
    const { code, stdout } = await launch(build, { NODE_ENV: 'production' }, inWorkspace('bin')).ended
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'npm ci --include=dev\nnpm run build\n' })
    expect(JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8'))).toHaveProperty('scripts.build')
  })

  test('carry two nights out, each with its own report, in which the bad server has failed', async () => {
    for (let night = 1; night <= 2; night++) {
      expect(await run(wipe)).toMatchObject({ code: 0 })
      expect(await run(removeReport)).toMatchObject({ code: 0 })
      expect(await exists(inWorkspace('rackbench-out/junit.xml'))).toBe(false)
      expect(await run(benchmark)).toMatchObject({ code: 1 })
      expect(await readFile(inWorkspace('rackbench-out/failed-servers.txt'), 'utf8')).toBe('104\n')
      expect(await readFile(inWorkspace('rackbench-out/junit.xml'), 'utf8')).toMatch(/tests="4" failures="1" errors="0"/)
    }
  })

  test('take several servers and ranges in one parameter, and hand the threshold on', async () => {
    expect(await run(benchmark, { SERVERS: '  104 node-[1-2],202\n', THRESHOLD: '30' })).toMatchObject({ code: 0 })
    const results = JSON.parse(await readFile(inWorkspace('rackbench-out/results.json'), 'utf8')) as { passed: string[] }
    expect(results.passed).toEqual(['104', 'node-1', 'node-2', '202'])
  })

  test('refuse an empty SERVERS, and say where it comes from', async () => {
    const { code, stderr } = await run(benchmark, { SERVERS: '' })
    expect(code).toBe(2)
    expect(stderr).toContain('the Jenkins parameter SERVERS')
    expect(await exists(inWorkspace('rackbench-out'))).toBe(false)
  })

  test('carry nothing out that is written into a parameter', async () => {
    const attempts: Readonly<Record<string, string>>[] = [
      { SERVERS: '--help $(touch x)' },
      { SERVERS: '--dry-run; touch x' },
      { SERVERS: '" ; touch x ; "' },
      { SERVERS: "' ; `touch x` ; '" },
      { PROVISIONER: 'simulated --dry-run' },
      { PROVISIONER: '--help' },
      { PROVISIONER: '$(touch x)' },
      { THRESHOLD: '50"; touch x; "' },
    ]
    const ran = await Promise.all(attempts.map((parameters) => run(benchmark, parameters)))
    expect(ran.map(({ code, stdout }) => ({ code, stdout }))).toEqual(attempts.map(() => ({ code: 2, stdout: '' })))
    expect([await exists(inWorkspace('x')), await exists(inWorkspace('rackbench-out'))]).toEqual([false, false])
  })

  test('leave the thresholds to the configuration where the parameter is empty', async () => {
    await simulate('defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms, score: 70 }, destroy: { takes: 1ms } }\n')
    await writeFile(inWorkspace('rackbench.config.yaml'), 'threshold: 75\n')
    expect(await run(benchmark, { THRESHOLD: '' })).toMatchObject({ code: 1, stdout: expect.stringContaining('score 70 is below 75') as string })
    expect(await run(benchmark, { THRESHOLD: '60' })).toMatchObject({ code: 0 })
    await rm(inWorkspace('rackbench.config.yaml'))
  })

  test('wipe first what a night left behind that was killed, and run then', async () => {
    await simulate('defaults: { install: { takes: 1ms }, benchmark: { hangs: true }, destroy: { takes: 1ms } }\n')
    const night = launch(benchmark)
    await holds(inWorkspace('rackbench-out/journal.jsonl'), '"step":"benchmark"')
    night.child.kill('SIGKILL')
    await night.ended
    await simulate('defaults: { install: { takes: 1ms }, benchmark: { takes: 1ms }, destroy: { takes: 1ms } }\n')

    expect(await run(benchmark)).toMatchObject({ code: 2, stderr: expect.stringContaining('holds a run that has died') as string })
    expect(await run(wipe)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^wiped: .*101/m) as string })
    expect(await run(removeReport)).toMatchObject({ code: 0 })
    expect(await run(benchmark)).toMatchObject({ code: 0 })
  })

  test('let the SIGTERM of an abort reach rackbench itself, which reports why no server passed', async () => {
    await simulate('defaults: { install: { takes: 1ms }, benchmark: { hangs: true }, destroy: { takes: 1ms } }\n')
    const night = launch(benchmark)
    await holds(inWorkspace('rackbench-out/journal.jsonl'), '"step":"benchmark"')
    night.child.kill('SIGTERM')
    expect(await night.ended).toMatchObject({ code: 143 })
    const report = await readFile(inWorkspace('rackbench-out/junit.xml'), 'utf8')
    expect(report.match(/<skipped message="[^"]*stopped by SIGTERM/g)).toHaveLength(4)
    expect(await run(wipe)).toMatchObject({ code: 0 })
  })
})
