import { OUTCOME_NAMES } from './outcomes.ts';
import type { ConformanceReport, ReportedFailure, ReportRun } from './report.ts';
import { visible } from './visible.ts';

/** The report for a terminal: a table of the runs, and what failed in each. Ends with a line break. */
export function reportToText(report: ConformanceReport): string {
  const table = alignedRows([
    ['', ...OUTCOME_NAMES.map(({ label }) => label), 'cases', 'seconds'],
    ...report.runs.map((run) => [
      visible(run.label),
      ...OUTCOME_NAMES.map(({ outcome }) => `${run.counts[outcome]}`),
      `${run.result.cases.length}`,
      (run.result.durationMs / 1000).toFixed(1),
    ]),
  ]);
  const parts = ['Statements of MQTT v5', table, ...report.runs.flatMap(partsOfRun), verdict(report)];
  return `${parts.join('\n\n')}\n`;
}

function partsOfRun(run: ReportRun): readonly string[] {
  const known = run.failures.filter(({ reason }) => reason !== undefined);
  const unknown = run.failures.filter(({ reason }) => reason === undefined);
  const label = visible(run.label);
  return [
    ...section(`${label}: failed`, unknown.map(failureText)),
    ...section(`${label}: known failures`, known.map(failureText)),
    ...section(
      `${label}: known failures that pass now; take them off the list`,
      run.passingAgain.map((each) => `  ${visible(each.case)}`),
    ),
    ...section(
      `${label}: known failures whose case was not run`,
      run.notRun.map((each) => `  ${visible(each.case)}`),
    ),
  ];
}

function section(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [[title, ...items].join('\n')];
}

function failureText({ result, reason }: ReportedFailure): string {
  const level = result.error?.level === 'should' ? ' (recommended only)' : '';
  const head = `  ${visible(result.case)}${level}\n    ${result.statements.join(', ')}`;
  return reason === undefined
    ? `${head}\n${indented(visible(result.error?.message ?? ''), '    ')}`
    : `${head}\n${indented(visible(reason), '    ')}`;
}

function verdict({ exitCode, runs }: ConformanceReport): string {
  if (exitCode === 0) return 'Nothing failed that is not known.';
  const count = runs.flatMap(({ failures }) => failures).filter(({ reason }) => reason === undefined).length;
  return count === 1 ? '1 case failed.' : `${count} cases failed.`;
}

function indented(text: string, indent: string): string {
  return text
    .split('\n')
    .map((line) => `${indent}${line}`.trimEnd())
    .join('\n');
}

/** The first column to the left, the others to the right. */
function alignedRows(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
