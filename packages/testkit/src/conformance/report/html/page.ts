import { chapters, type Chapter } from '../chapters.ts';
import type { ReportOutcome } from '../outcomes.ts';
import type { ConformanceReport, ReportRun } from '../report.ts';
import { ChapterWriter } from './chapter.ts';
import { FILTER_SCRIPT, filterTools } from './filter.ts';
import { html, Markup } from './markup.ts';
import { STYLE } from './style.ts';
import { knownFailureNotes, summaryTable } from './summary.ts';

/** The report as one HTML page, which needs no other file and no script to be read. */
export function reportToHtml({ runs }: ConformanceReport): string {
  const all = chapters();
  const writer = new ChapterWriter(runs);
  const clients = [...new Set(runs.map(({ result }) => result.client))].join(', ');
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
        />
        <title>MQTT v5 client conformance: ${clients}</title>
        <style>
          ${new Markup(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>MQTT v5 client conformance</h1>
          <p class="soft">
            The 251 normative statements of MQTT Version 5.0, and what a broker saw of each. A statement passes where
            every case that names it passes. In the lists of cases the signs stand in the order of the columns: ✓
            passed, ✗ failed, – not supported (its tip says what the client lacks), · not run.
          </p>
        </header>
        <main>
          <h2 id="summary">Summary</h2>
          ${summaryTable(runs)} ${knownFailureNotes(runs)}
          <nav aria-label="Chapters">
            <h2>Chapters</h2>
            <ol>
              ${all.map((chapter) => chapterLink(chapter, runs))}
            </ol>
          </nav>
          ${filterTools(presentOutcomes(runs))} ${all.map((chapter) => writer.chapter(chapter))}
        </main>
        <script>
          ${new Markup(FILTER_SCRIPT)};
        </script>
      </body>
    </html> `.text;
}

/** With the number of statements that failed there, whoever failed them. */
function chapterLink({ number, title, statements }: Chapter, runs: readonly ReportRun[]): Markup {
  const failed = statements.filter(({ id }) => runs.some((run) => run.statements.get(id)?.outcome === 'failed'));
  const note = failed.length === 0 ? undefined : html` <span class="failed">${failed.length} failed</span>`;
  return html`<li><a href="#chapter-${number}">${number} ${title}</a>${note}</li>`;
}

function presentOutcomes(runs: readonly ReportRun[]): ReadonlySet<ReportOutcome> {
  return new Set(runs.flatMap((run) => [...run.statements.values()].map(({ outcome }) => outcome)));
}
