import { EventEmitter } from 'node:events'

/** A terminal that can be looked at: it knows as many escape sequences as log-update writes, and fails on others. */
export function fakeTerminal({ columns = 100, rows = 24 } = {}) {
  const lines: string[] = ['']
  const writes: string[] = []
  let row = 0
  let column = 0

  function put(text: string): void {
    for (const character of text) {
      if (character === '\n') {
        row++
        column = 0
        lines[row] ??= ''
      } else {
        const line = lines[row]!.padEnd(column)
        lines[row] = line.slice(0, column) + character + line.slice(column + 1)
        column++
      }
    }
  }
  function obey(parameter: string, command: string): void {
    const number = Number(parameter || 1)
    if (command === 'A') row = Math.max(0, row - number)
    else if (command === 'B') row += number
    else if (command === 'G') column = number - 1
    else if (command === 'K' && parameter === '2') lines[row] = ''
    else if (command === 'K') lines[row] = lines[row]!.slice(0, column)
    else if (!['h', 'l', 'm'].includes(command)) throw new Error(`the terminal does not know CSI ${parameter}${command}`)
  }
  return Object.assign(new EventEmitter(), {
    isTTY: true,
    columns,
    rows,
    writes,
    write(text: string) {
      writes.push(text)
      // oxlint-disable-next-line no-control-regex -- escape sequences are what is looked for
      for (const [, plain, parameter = '', command] of text.matchAll(/([^\u001b]+)|\u001b\[([?0-9;]*)([A-Za-z])/g)) {
        if (plain !== undefined) put(plain)
        else obey(parameter, command!)
      }
      return true
    },
    /** What a person sees, without the empty lines below. */
    screen: () => lines.join('\n').trimEnd().split('\n'),
  })
}
