import { styleMark } from '../../clients/html-ownership.ts'

/** style.css: light and dark as the reader's system has it, readable without colours, and on paper. */
export const style = `${styleMark}
:root {
  color-scheme: light dark;
  --paper: #ffffff;
  --ink: #1b1f24;
  --faint: #57606a;
  --line: #d0d7de;
  --raised: #f6f8fa;
  --link: #0550ae;
  --good: #0a5c8f;
  --bad: #a8300b;
  --edge: #d1460f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0f1318;
    --ink: #e6e9ed;
    --faint: #a3adb8;
    --line: #39414b;
    --raised: #181e25;
    --link: #7cbcff;
    --good: #6cc3f5;
    --bad: #ffa07a;
    --edge: #ff7f50;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1rem 1.25rem 3rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, "Liberation Sans", Arial, sans-serif; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
h1 { margin: .25rem 0 .5rem; font-size: 1.75rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); font-size: 1.25rem; }
h3 { margin: 0 0 .25rem; font-size: 1.0625rem; overflow-wrap: anywhere; }
p, li, summary { overflow-wrap: anywhere; }
p { margin: .5rem 0; max-width: 80ch; }
.passed { color: var(--good); }
.failed { color: var(--bad); font-weight: 600; }
.skipped, .unit { color: var(--faint); }
.unit { font-weight: 400; }
.passed, .failed, .skipped { white-space: nowrap; }
h1 .failed, h1 .passed, h1 .skipped { white-space: normal; }
.numbers { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; }
.numbers div { display: flex; flex-direction: column-reverse; min-width: 7rem; padding: .5rem .875rem; border: 1px solid var(--line); border-radius: .375rem; background: var(--raised); }
.numbers dt { font-size: .875rem; }
.numbers dd { margin: 0; font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.25; }
.card { margin: .75rem 0; padding: .75rem 1rem; border: 1px solid var(--line); border-left: .375rem solid var(--edge); border-radius: .375rem; background: var(--raised); }
.scroll { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .9375rem; }
caption { padding: 0 0 .375rem; text-align: left; white-space: nowrap; color: var(--faint); font-size: .875rem; }
th, td { padding: .3125rem .75rem .3125rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-bottom-width: 2px; vertical-align: bottom; }
tbody th { font-weight: 600; }
tbody a { display: inline-block; width: max-content; max-width: 26rem; }
td, tbody th { max-width: 28rem; overflow-wrap: break-word; }
td.text { min-width: 14rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
time { white-space: nowrap; }
details { margin: .5rem 0 .25rem; }
summary { cursor: pointer; color: var(--link); }
pre { margin: .5rem 0; padding: .625rem .75rem; border: 1px solid var(--line); border-radius: .375rem; background: var(--paper); font: .8125rem/1.5 ui-monospace, "Liberation Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
figure { margin: 1rem 0; }
img { max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: .375rem; }
.pages { display: flex; flex-wrap: wrap; gap: .375rem 1.25rem; margin: .5rem 0; padding: 0; list-style: none; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); color: var(--faint); font-size: .875rem; }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  .skip, nav { display: none; }
  .scroll { overflow: visible; }
  .card, figure, tr { break-inside: avoid; }
}
`
