import { createLogUpdate } from 'log-update'
import type { Clock } from '../model/clock.ts'
import type { Output } from './console-stream.ts'

/** Four times a second. */
const shortestPauseMs = 250
const secondMs = 1000

// The terminal shows what comes between the two at once, or ignores them.
const atOnce = { begin: '\u001B[?2026h', end: '\u001B[?2026l' }

/** Lines that scroll, and a region below them that stays. */
export interface Live {
  /** A line above the region. */
  readonly line: (text: string) => void
  /** The region looks different now. */
  readonly touch: () => void
  /** Leaves the region's last state where it is. What comes afterwards is written at once. */
  readonly close: () => void
}

interface LiveOptions {
  readonly output: Output
  readonly clock: Clock
  /** The region's lines; an empty region is not shown. */
  readonly render: () => readonly string[]
}

/** Draws at most four times a second, when there is something new or a second has passed. No timer is left after `close`. */
export function openLive({ output, clock, render }: LiveOptions): Live {
  const waiting: string[] = []
  let drawn = ''
  const update = createLogUpdate(bufferFor(output, (text) => (drawn += text)), { showCursor: true })
  let timer: { readonly at: number; readonly cancel: () => void } | undefined
  let drawnAt = -Infinity
  let isOpen = true

  function draw(): void {
    if (waiting.length > 0) {
      update.clear()
      drawn += waiting.splice(0).map((text) => `${text}\n`).join('')
    }
    const region = render()
    if (region.length > 0) update(region.join('\n'))
    if (drawn !== '') output.write(`${atOnce.begin}${drawn}${atOnce.end}`)
    drawn = ''
    drawnAt = clock.elapsed()
  }

  function drawAt(at: number): void {
    if (timer && timer.at <= at) return
    timer?.cancel()
    const cancel = clock.after(at - clock.elapsed(), () => {
      timer = undefined
      draw()
      drawAt(drawnAt + secondMs)
    })
    timer = { at, cancel }
  }
  const soon = (): void => {
    if (isOpen) drawAt(Math.max(clock.elapsed(), drawnAt + shortestPauseMs))
  }

  return {
    touch: soon,
    line(text) {
      if (!isOpen) {
        output.write(`${text}\n`)
        return
      }
      waiting.push(text)
      soon()
    },
    close() {
      if (!isOpen) return
      isOpen = false
      timer?.cancel()
      draw()
      update.done()
    },
  }
}

/** A stream that collects what log-update writes in several pieces, so that the terminal gets it in one. */
function bufferFor(output: Output, collect: (text: string) => void): NodeJS.WritableStream {
  const stream = {
    write: collect,
    get columns() {
      return output.size().columns
    },
    get rows() {
      return output.size().rows
    },
  }
  return stream as unknown as NodeJS.WritableStream
}
