import type { CaseResult } from '../../result.ts';
import type { Statement } from '../../statements.ts';
import type { Chapter } from '../chapters.ts';
import { outcomeName } from '../outcomes.ts';
import type { ReportedStatement, ReportRun } from '../report.ts';
import { failureLink, failuresMarkup, shownFailures, type AnchoredFailure } from './failure.ts';
import { html, type Markup } from './markup.ts';
import { caseMarkup } from './signs.ts';

/** Writes the chapters of one page: a failure is shown under the first statement that its case names. */
export class ChapterWriter {
  readonly #runs: readonly ReportRun[];
  /** The failures that are on the page, by the names of their cases. */
  readonly #shown = new Map<string, readonly AnchoredFailure[]>();
  #shownCount = 0;
  /** Of each run, by their names. */
  readonly #cases: readonly ReadonlyMap<string, CaseResult>[];

  constructor(runs: readonly ReportRun[]) {
    this.#runs = runs;
    this.#cases = runs.map(({ result }) => new Map(result.cases.map((each) => [each.case, each])));
  }

  chapter({ number, title, statements }: Chapter): Markup {
    const heads = this.#runs.map(({ label }) => html`<th scope="col" class="run">${label}</th>`);
    return html`<section class="chapter" id="chapter-${number}">
      <h2><span class="number">${number}</span> ${title}</h2>
      <div class="scroll">
        <table>
          <caption>
            Statements of section ${number}
          </caption>
          <thead>
            <tr>
              <th scope="col" class="id">Statement</th>
              <th scope="col">What it demands, in short</th>
              ${heads}
            </tr>
          </thead>
          ${statements.map((statement) => this.#rows(statement))}
        </table>
      </div>
    </section>`;
  }

  /** The statement; below it its cases, and the failures. */
  #rows({ id, summary }: Statement): Markup {
    const found = this.#runs.map((run) => run.statements.get(id));
    const outcomes = [...new Set(found.map((each) => each?.outcome ?? 'not-run'))];
    const reason = found.find((each) => each?.result.reason !== undefined)?.result.reason;
    const names = [...new Set(found.flatMap((each) => each?.result.cases ?? []))];
    const below = html`<tr class="below">
      <td colspan="${2 + found.length}">${this.#caseList(names)}${this.#failures(names)}</td>
    </tr>`;
    return html`<tbody id="${id}" data-outcomes="${outcomes.join(' ')}">
      <tr>
        <th scope="row" class="id"><a href="#${id}">${id}</a></th>
        <td>${summary}${reason === undefined ? undefined : html`<div class="soft">${reason}</div>`}</td>
        ${found.map(cell)}
      </tr>
      ${names.length === 0 ? undefined : below}
    </tbody>`;
  }

  #caseList(names: readonly string[]): Markup {
    const items = names.map((name) =>
      caseMarkup(
        name,
        this.#cases.map((cases) => cases.get(name)),
      ),
    );
    const title = names.length === 1 ? '1 case' : `${names.length} cases`;
    return html`<details>
      <summary>${title}</summary>
      <ul class="cases">
        ${items}
      </ul>
    </details>`;
  }

  #failures(names: readonly string[]): readonly Markup[] {
    const before = names.flatMap((name) => this.#shown.get(name) ?? []);
    const first = names.filter((name) => !this.#shown.has(name)).flatMap((name) => this.#show(name));
    return [...failuresMarkup(first), ...before.map(failureLink)];
  }

  /** Gives the failures of a case their places on the page. */
  #show(name: string): readonly AnchoredFailure[] {
    const failures = this.#runs.flatMap((run) =>
      run.failures.filter(({ result }) => result.case === name).map((failure) => [run, failure] as const),
    );
    const anchored = shownFailures(failures).map((failure): AnchoredFailure => {
      this.#shownCount += 1;
      return [failure, `failure-${this.#shownCount}`];
    });
    this.#shown.set(name, anchored);
    return anchored;
  }
}

function cell(statement: ReportedStatement | undefined): Markup {
  const { outcome, symbol, label } = outcomeName(statement?.outcome ?? 'not-run');
  return html`<td class="${outcome}">${symbol} ${label}</td>`;
}
