import { leaves } from './leaves.ts'

/** What stands for a variable, as a regular expression: `${NAME}`. */
export const placeholderPattern = String.raw`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`
const placeholder = new RegExp(placeholderPattern, 'g')

/** Puts the values of environment variables where a text says `${NAME}`; those without a value stay as they are. */
export function fill(text: string, valueOf: (name: string) => string | undefined): string {
  return text.replaceAll(placeholder, (whole, name: string) => valueOf(name) ?? whole)
}

/** Every `${NAME}` in the texts of a value, and where it stands. */
export function placeholdersIn(value: unknown, at: string): { readonly path: string; readonly name: string }[] {
  return [...leaves(value, at)].flatMap(({ path, leaf }) => {
    const names = typeof leaf === 'string' ? [...leaf.matchAll(placeholder)] : []
    return names.map(([, name = '']) => ({ path, name }))
  })
}
