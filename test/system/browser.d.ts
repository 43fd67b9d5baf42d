/* What the types of Playwright name of a browser's: no test has any of these in hand, so that nothing of them need be known. */

interface Node {
  readonly nodeType: number
}
interface HTMLElement extends Node {
  readonly title: string
}
interface SVGElement extends Node {
  readonly viewportElement: SVGElement | null
}
interface HTMLElementTagNameMap {
  readonly [name: string]: HTMLElement
}
