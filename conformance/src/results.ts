import { statements, type ConformanceReport, type ReportRun } from '@minimq/testkit/conformance';

/** What stands in a cell: short, and readable without colour. */
const SIGNS: Readonly<Record<string, string>> = {
  passed: 'yes',
  failed: '**no**',
  'known-failure': 'no',
  'not-supported': 'lacks it',
  unobservable: '',
  'not-run': '',
};

/** The report as a page of Markdown: a table of the counts, and one of all statements. Ends with a line break. */
export function resultsPage({ runs }: ConformanceReport): string {
  const names = runs.map(({ label }) => label);
  const observable = statements.filter(({ id }) =>
    runs.some((run) => run.statements.get(id)?.outcome !== 'unobservable'),
  );
  const lines = [
    '# What clients make of the 251 statements',
    '',
    'Written by `npm run conformance -- --all --results docs/conformance-results.md --report docs/conformance-report.html`;',
    '[how to judge a client](conformance.md). A statement has a "yes" where every case that names it passed, and a "no" where',
    'one failed, demanded or recommended. [The report](conformance-report.html), to be opened in a browser, has the reason for',
    'each "no" and the packets.',
    '',
    ...table('numbers', [['client', 'yes', 'no', 'lacks it', 'not observable', 'not run'], ...runs.map(countsRow)]),
    '',
    ...table('words', [
      ['statement', ...names],
      ...observable.map(({ id }) => [
        id,
        ...runs.map((run) => SIGNS[run.statements.get(id)?.outcome ?? 'not-run'] ?? ''),
      ]),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function countsRow({ label, counts }: ReportRun): Row {
  const no = counts.failed + counts['known-failure'];
  const numbers = [counts.passed, no, counts['not-supported'], counts.unobservable, counts['not-run']];
  return [label, ...numbers.map(String)];
}

type Row = readonly string[];

/** Lines as the formatter of this repository has them; the first row is the heading, the first column is words. */
function table(kind: 'words' | 'numbers', rows: readonly Row[]): readonly string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length), 3));
  const isRight = (column: number): boolean => kind === 'numbers' && column > 0;
  const line = (cells: Row): string => {
    const padded = cells.map((cell, i) => (isRight(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)));
    return `| ${padded.join(' | ')} |`;
  };
  const rule = widths.map((width, i) => (isRight(i) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  const [heading, ...others] = rows.map(line);
  return [heading!, line(rule), ...others];
}
