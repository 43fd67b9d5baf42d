import type { WriteStream } from 'node:tty'
import pc from 'picocolors'
import { createSupportsColor } from 'supports-color'
import type { LogLevel } from '../model/provisioner.ts'

/** Paints text, or leaves it as it is. */
export type Colours = ReturnType<typeof pc.createColors>

export const noColours: Colours = pc.createColors(false)
export const allColours: Colours = pc.createColors(true)

/** Whether a stream takes colours: `NO_COLOR`, if it is not empty, stands over `FORCE_COLOR`, and that over what the stream and `CI` say. */
export function chooseColours(
  stream: { readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
  detect: (stream: { readonly isTTY?: boolean | undefined }) => unknown = (candidate) => createSupportsColor(candidate as WriteStream, { sniffFlags: false }),
): Colours {
  // An empty FORCE_COLOR asks for nothing; supports-color takes it for a yes.
  if (env['NO_COLOR'] || (env['FORCE_COLOR'] === '' && !stream.isTTY)) return noColours
  return detect(stream) ? allColours : noColours
}

/** Paints a log line by its level. */
export function paintLine(text: string, level: LogLevel, colours: Colours): string {
  if (level === 'error') return colours.red(text)
  if (level === 'warn') return colours.yellow(text)
  return level === 'debug' ? colours.dim(text) : text
}
