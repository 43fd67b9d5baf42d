import type { Clock } from '../model/clock.ts'
import type { Subscriber } from '../model/event.ts'
import type { LogLevel } from '../model/provisioner.ts'
import type { RunState } from '../model/run-state.ts'
import type { Colours } from './colour.ts'
import { noColours, paintLine } from './colour.ts'
import type { Output, OutputStream } from './console-stream.ts'
import { renderRegion } from './live-region.ts'
import type { LogFormat } from './log-line.ts'
import { consoleLine } from './log-line.ts'
import type { ConsoleSink } from './logs.ts'
import { trackProgress } from './progress.ts'
import { renderProgressLine } from './progress-line.ts'

export const progressChoices = ['auto', 'plain', 'none'] as const
export type ProgressChoice = (typeof progressChoices)[number]

type ProgressMode = 'live' | 'plain' | 'none'

const minuteMs = 60_000

/** What a person sees of a run while it goes on. */
export interface RunConsole extends ConsoleSink {
  readonly watch: Subscriber<RunState>
  /** Stops every timer; lines that come afterwards are still shown. */
  readonly close: () => void
}

interface ConsoleOptions {
  readonly output: Output
  readonly mode: ProgressMode
  readonly colours: Colours
  readonly format: LogFormat
  readonly clock: Clock
}

/** A live region only for somebody who is looking: at a terminal, and not in a CI job that has one. */
export function chooseProgress(choice: ProgressChoice, stream: Pick<OutputStream, 'isTTY'>, env: Readonly<Record<string, string | undefined>>): ProgressMode {
  if (choice !== 'auto') return choice
  return stream.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb' ? 'live' : 'plain'
}

/** Shows log lines, and by the mode: a live region below them, a line once a minute, or nothing else and only warnings and errors. */
export async function openConsole(options: ConsoleOptions): Promise<RunConsole> {
  const { output, mode, format } = options
  // A line of JSON is for a program.
  const colours = format === 'json' ? noColours : options.colours
  const paint = (text: string, level: LogLevel): string => paintLine(text, level, colours)
  // What a live view needs is loaded for those who look at one.
  if (mode === 'live') return liveConsole(options, paint, await import('./live.ts'))
  const line = (text: string, level: LogLevel): void => output.write(`${paint(text, level)}\n`)
  return mode === 'none' ? { line, level: 'warn', watch() {}, close() {} } : plainConsole(options, line)
}

function liveConsole({ output, colours, clock }: ConsoleOptions, paint: (text: string, level: LogLevel) => string, { openLive }: typeof import('./live.ts')): RunConsole {
  const progress = trackProgress(clock)
  const live = openLive({
    output,
    clock,
    render() {
      const now = progress.now()
      return now.total === 0 ? [] : renderRegion(now, { ...output.size(), colours })
    },
  })
  return {
    line: (text, level) => live.line(paint(text, level)),
    watch(event, run) {
      progress.watch(event, run)
      live.touch()
    },
    close: live.close,
  }
}

function plainConsole({ format, clock }: ConsoleOptions, line: (text: string, level: LogLevel) => void): RunConsole {
  const progress = trackProgress(clock)
  let cancel: (() => void) | undefined
  let isOpen = true
  function everyMinute(): void {
    cancel = clock.after(minuteMs, () => {
      const message = renderProgressLine(progress.now())
      line(format === 'json' ? consoleLine({ at: clock.now(), level: 'info', message }, format) : `rackbench: ${message}`, 'info')
      everyMinute()
    })
  }
  return {
    line,
    watch(event, run) {
      progress.watch(event, run)
      if (!cancel && isOpen) everyMinute()
    },
    close() {
      isOpen = false
      cancel?.()
    },
  }
}
