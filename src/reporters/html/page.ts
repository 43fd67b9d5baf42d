import { pageGenerator } from '../../clients/html-ownership.ts'
import type { Content } from './escape.ts'
import { html, markupOf } from './escape.ts'

interface Page {
  /** What the browser's tab shows, and the heading of the page, in one line. */
  readonly title: string
  /** The way from the page to the report's own folder: nothing, or `../`. */
  readonly root: '' | '../'
  /** Links to other pages, before the heading. */
  readonly above?: Content
  /** What the heading says, where it is more than the title. */
  readonly heading?: Content
  readonly main: readonly Content[]
  /** Of which run it tells, in one line. */
  readonly about: string
}

/** A whole page, in chunks: nothing in it needs a script, an inline style or another host. */
export function* page({ title, root, above, heading = title, main, about }: Page): Iterable<string> {
  yield markupOf(html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="${pageGenerator}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="${root}style.css">
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header>
${above}<h1>${heading}</h1>
</header>
<main id="main">
`)
  for (const part of main) yield markupOf(part)
  yield markupOf(html`</main>
<footer><p>${about}</p></footer>
</body>
</html>
`)
}
