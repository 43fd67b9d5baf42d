import type { ReportFile, ReportInput } from '../report-input.ts'

/** The HTML report: `html/index.html`, and what it links to. It renders under a Content-Security-Policy without scripts and inline styles, as Jenkins has it. */
export function* renderHtml(_input: ReportInput): Iterable<ReportFile> {}
