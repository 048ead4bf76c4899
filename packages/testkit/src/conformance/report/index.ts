export { conformanceReport, type ConformanceReport, type ReportedFailure, type ReportedStatement } from './report.ts';
export type { ReportInput, ReportRun } from './report.ts';
export type { KnownFailure } from './known-failures.ts';
export { knownFailuresFrom } from './known-failures-json.ts';
export type { ReportOutcome } from './outcomes.ts';
export { reportToHtml } from './html/page.ts';
export { reportToJson, type ReportJson, type RunJson } from './json.ts';
export { reportToText } from './text.ts';
export { progressLines, type ProgressOptions } from './progress.ts';
