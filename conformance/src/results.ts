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
    'Written by `npm run conformance -- --all --results docs/conformance-results.md`; [how to judge a client](conformance.md).',
    'A statement has a "yes" where every case that names it passed, and a "no" where one failed, demanded or recommended.',
    'The reasons for each "no" are in `conformance/known`, by the names of the cases.',
    '',
    row(['client', 'yes', 'no', 'lacks it', 'not observable', 'not run']),
    row(['---', '--:', '--:', '--:', '--:', '--:']),
    ...runs.map(countsRow),
    '',
    row(['statement', ...names]),
    row(['---', ...names.map(() => '---')]),
    ...observable.map(({ id }) =>
      row([id, ...runs.map((run) => SIGNS[run.statements.get(id)?.outcome ?? 'not-run'] ?? '')]),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function countsRow({ label, counts }: ReportRun): string {
  const no = counts.failed + counts['known-failure'];
  const numbers = [counts.passed, no, counts['not-supported'], counts.unobservable, counts['not-run']];
  return row([label, ...numbers.map(String)]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
