import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCleaner } from '../../src/run/clean.ts'

const secret = 's3cr3t/with "quotes" & more'
const { line, lines } = createCleaner([secret, 'hunter2!', ''])

describe('one line is left of a text', () => {
  test.each([
    ['colours', '\u001b[31mred\u001b[0m \u001b[1;32mgreen\u001b[m', 'red green'],
    ['a link of a terminal', '\u001b]8;;http://evil\u0007here\u001b]8;;\u0007', 'here'],
    ['a window title', 'a\u001b]0;title\u0007b', 'ab'],
    ['8-bit escapes', 'a\u009b31mb', 'ab'],
    ['control characters', 'a\u0000b\u0008c\u007fd\u0085e', 'abcde'],
    ['line feeds of all kinds', ' a \r\n\n\t b\rc\u2028d\u2029e\n', 'a b c d e'],
    ['tabs', 'a\tb', 'a  b'],
    ['lone surrogates', 'a\ud800b\udc00c', 'a\ufffdb\ufffdc'],
    ['what XML forbids', 'a\ufffeb\uffffc', 'abc'],
    ['whole characters outside the first plane', 'disk 💥 ok', 'disk 💥 ok'],
    ['ends of CDATA', ']]>]]>', ']]>]]>'],
    ['nothing', '', ''],
    ['only blanks', ' \n \t\n', ''],
  ])('with %s', (_what, text, shown) => {
    expect(line(text)).toBe(shown)
  })
})

const entities = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

describe('no secret is left of a text', () => {
  const base64 = Buffer.from(secret).toString('base64')
  test.each([
    ['in clear', `token ${secret}!`, 'token ***!'],
    ['twice', `${secret}${secret}`, '******'],
    ['in base64', `Authorization: ${base64}`, 'Authorization: ***'],
    ['in base64 without padding', `x ${base64.replaceAll('=', '')} y`, 'x *** y'],
    ['URL-encoded', `https://host/?token=${encodeURIComponent(secret)}&x=1`, 'https://host/?token=***&x=1'],
    ['as in JSON', JSON.stringify({ token: secret }), '{"token":"***"}'],
    ['URL-encoded in lower case', `?token=${encodeURIComponent(secret).toLowerCase()}`, '?token=***'],
    ['as a whole URL', `see ${encodeURI(secret)}.`, 'see ***.'],
    ['as in a form', new URLSearchParams({ token: secret, x: '1' }).toString(), 'token=***&x=1'],
    ['as in JSON within JSON', JSON.stringify(JSON.stringify({ token: secret })), String.raw`"{\"token\":\"***\"}"`],
    ['as in XML', `<x y="${entities(secret)}"/>`, '<x y="***"/>'],
    ['as in XML, by numbers', `<x>${entities(secret).replaceAll('&quot;', '&#34;')}</x>`, '<x>***</x>'],
    ['as text in XML', `<x>${secret.replaceAll('&', '&amp;')}</x>`, '<x>***</x>'],
    ['in hex', `x ${Buffer.from(secret).toString('hex')} y`, 'x *** y'],
    ['in upper hex', `x ${Buffer.from(secret).toString('hex').toUpperCase()} y`, 'x *** y'],
    ['in base64, whatever its length', ['hunter2!', 'hunter2!3', 'hunter2!34'].map((each) => createCleaner([each]).line(Buffer.from(each).toString('base64'))).join(' '), '*** *** ***'],
    ['split by colours', 'hun\u001b[31mter\u001b[0m2!', '***'],
    ['split by control characters', 'hun\u0000t\u0008er2!', '***'],
    ['within a link of a terminal', '\u001b]8;;http://hunter2!\u0007click', 'click'],
  ])('%s', (_what, text, shown) => {
    expect(line(text)).toBe(shown)
  })

  test.each(['base64', 'base64url'] as const)('in %s, wherever in it the secret stands: all of it is hidden but for what it shares with its neighbours', (encoding) => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 })
    const hidden = fc.string({ unit: 'grapheme', minLength: 6, maxLength: 20 })
    fc.assert(
      fc.property(text, hidden, text, (before, own, after) => {
        const [head, body] = [Buffer.byteLength(before), Buffer.byteLength(own)]
        const spelled = Buffer.from(before + own + after).toString(encoding)
        const inner = spelled.slice(Math.ceil((head * 8) / 6), Math.floor(((head + body) * 8) / 6))
        expect(createCleaner([own]).line(spelled)).not.toContain(inner)
        // Basic authentication: nothing stands behind the secret, and nothing is left of its end.
        expect(createCleaner([own]).line(Buffer.from(before + own).toString(encoding))).toMatch(/\*\*\*$/)
      }),
    )
  })

  test('not even a part of one, where one secret is the beginning of another', () => {
    expect(createCleaner(['secret', 'secret-and-more']).line('secret-and-more secret')).toBe('*** ***')
  })

  test('whatever is around it, whatever it is', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9+/=_ "\\&%-]{6,20}$/)
    const around = fc.oneof(fc.string(), fc.constantFrom('\u001b[31m', '\u0000', '\ud800', '\n'))
    fc.assert(
      fc.property(word, around, around, fc.integer({ min: 0, max: 3 }), (hidden, before, after, spelling) => {
        const spelled = [hidden, encodeURIComponent(hidden), Buffer.from(hidden).toString('base64'), JSON.stringify(hidden).slice(1, -1)][spelling]!
        const own = createCleaner([hidden])
        const shown = own.line(`${before}${spelled}${after}`)
        if (!before.includes(spelled) && !after.includes(spelled)) expect(shown.replaceAll('***', '').includes(spelled)).toBe(false)
      }),
    )
  })
})

describe('a text of any length', () => {
  test('is one line of at most so many characters, and says how many there were', () => {
    const cut = (note: string, most: number): string => `${'x'.repeat(most - note.length)}${note}`
    expect([line('x'.repeat(300_000)), line('x'.repeat(100), 60)]).toEqual([cut('... (300000 characters)', 4096), cut('... (100 characters)', 60)])
    expect(line('x'.repeat(4096))).toBe('x'.repeat(4096))
  })

  test('is not cut in the middle of a character', () => {
    for (const most of [40, 41, 42, 43]) expect(line('💥'.repeat(60), most).isWellFormed()).toBe(true)
  })

  test('keeps its first 1000 lines, and says how many more there were', () => {
    const shown = lines(Array.from({ length: 1005 }, (_, n) => `line ${n}`).join('\n'))
    expect([shown.length, shown[0], shown[999], shown[1000]]).toEqual([1001, 'line 0', 'line 999', '... and 5 more lines'])
  })

  test.each([
    ['blanks', (n: number) => `x${' '.repeat(n)}y`],
    ['line feeds', (n: number) => `x${'\n'.repeat(n)}y`],
    ['blanks and line feeds', (n: number) => `x${' \n '.repeat(n / 3)}y`],
    ['escapes that never end', (n: number) => '\u001b[1;'.repeat(n / 4)],
    ['links that never end', (n: number) => '\u001b]8;;'.repeat(n / 5)],
  ])('is cleaned in a time that grows with its length and not with its square: %s', (_what, make) => {
    const spent = (length: number): number => {
      const text = make(length)
      const begin = performance.now()
      line(text)
      lines(text)
      return performance.now() - begin
    }
    spent(10_000)
    // A hundred times the length took ten thousand times as long when a pattern looked for blanks around line feeds: hours.
    expect(spent(300_000)).toBeLessThan(5000)
  })
})

describe('several lines of a text', () => {
  test.each([
    ['', ['']],
    ['one', ['one']],
    ['one\n', ['one']],
    ['one\n\n\n', ['one']],
    ['\n\n', ['']],
    ['one\n\ntwo\r\nthree', ['one', '', 'two', 'three']],
    ['  indented\n\u001b[1mbold\u001b[0m hunter2!', ['  indented', 'bold ***']],
  ])('%j', (text, shown) => {
    expect(lines(text)).toEqual(shown)
  })
})
