import type { Options } from 'yargs'

/**
 * What yargs would read without a word, and wrongly, one line a problem: it takes `--dry-run=yes` for no, and the name of a
 * member that every object has for an option.
 *
 * @param argv Behind `--` are no options.
 * @param options All that are known to any command.
 */
export function misread(argv: readonly string[], options: Readonly<Record<string, Options>>): string[] {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).flatMap((word) => {
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) return []
    if (name in Object.prototype) return [`unknown option --${name}`]
    const isFlag = ['help', 'version'].includes(name) || options[name]?.type === 'boolean'
    return isFlag && value !== undefined && !['true', 'false'].includes(value) ? [`--${name}: expected true or false, got ${JSON.stringify(value.slice(0, 80))}`] : []
  })
}
