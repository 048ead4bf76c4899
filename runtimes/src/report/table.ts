import type { Row } from './row.ts';

const HEADINGS = ['runtime', 'version', 'transport', 'through', 'ms', 'result'] as const;

/** The rows in columns, and below them what went wrong. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.runtime,
    row.version,
    row.transport,
    row.through,
    row.timeMs.toFixed(0),
    row.problems.length > 0 ? 'FAILED' : `ok: ${row.result}`,
  ]);
  const widths = HEADINGS.map((heading, index) =>
    Math.max(heading.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const lines = [HEADINGS, ...cells].map((line) =>
    line
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...rows.flatMap(problemsOf)].join('\n');
}

function problemsOf({ runtime, transport, through, problems }: Row): string[] {
  return problems.map((problem) => `\n${runtime}, ${transport} through ${through}:\n  ${problem}`);
}
