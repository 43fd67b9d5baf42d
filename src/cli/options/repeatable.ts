/** Options that may be given several times; with a command before it, that command's only. */
export const repeatable: ReadonlySet<string> = new Set(['by', 'compare better', 'compare metric', 'gate-closed', 'gate-open', 'history metric', 'label', 'on', 'where', 'ports port'])
