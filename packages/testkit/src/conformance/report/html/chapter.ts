import type { CaseResult } from '../../result.ts';
import type { Statement } from '../../statements.ts';
import type { Chapter } from '../chapters.ts';
import { outcomeName } from '../outcomes.ts';
import type { ReportedFailure, ReportedStatement, ReportRun } from '../report.ts';
import { failureLink, failureMarkup } from './failure.ts';
import { html, type Markup } from './markup.ts';

/** Writes the chapters of one page: a failure is shown under the first statement that its case names. */
export class ChapterWriter {
  readonly #runs: readonly ReportRun[];
  readonly #anchors = new Map<ReportedFailure, string>();
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

  /** The statement, and the failures below it. */
  #rows({ id, summary }: Statement): Markup {
    const found = this.#runs.map((run) => run.statements.get(id));
    const outcomes = [...new Set(found.map((each) => each?.outcome ?? 'not-run'))];
    const reason = found.find((each) => each?.result.reason !== undefined)?.result.reason;
    const failures = this.#failures(found);
    const below = html`<tr class="failures">
      <td></td>
      <td colspan="${1 + found.length}">${failures}</td>
    </tr>`;
    return html`<tbody id="${id}" data-outcomes="${outcomes.join(' ')}">
      <tr>
        <th scope="row" class="id"><a href="#${id}">${id}</a></th>
        <td>
          ${summary}${reason === undefined ? undefined : html`<div class="soft">${reason}</div>`}${this.#caseList(found)}
        </td>
        ${found.map(cell)}
      </tr>
      ${failures.length === 0 ? undefined : below}
    </tbody>`;
  }

  #caseList(found: readonly (ReportedStatement | undefined)[]): Markup | undefined {
    const names = [...new Set(found.flatMap((each) => each?.result.cases ?? []))];
    if (names.length === 0) return undefined;
    const items = names.map((name) => {
      const signs = this.#runs.flatMap(({ label }, i) => {
        const result = this.#cases[i]?.get(name);
        return result === undefined ? [] : [sign(result, label)];
      });
      return html`<li>${signs} ${name}</li>`;
    });
    const title = names.length === 1 ? '1 case' : `${names.length} cases`;
    return html`<details>
      <summary>${title}</summary>
      <ul class="cases">
        ${items}
      </ul>
    </details>`;
  }

  #failures(found: readonly (ReportedStatement | undefined)[]): readonly Markup[] {
    return this.#runs.flatMap((run, i) => {
      const names = new Set(found[i]?.result.cases);
      return run.failures.filter(({ result }) => names.has(result.case)).map((failure) => this.#failure(run, failure));
    });
  }

  #failure(run: ReportRun, failure: ReportedFailure): Markup {
    const shown = this.#anchors.get(failure);
    if (shown !== undefined) return failureLink(run, failure, shown);
    const anchor = `failure-${this.#anchors.size + 1}`;
    this.#anchors.set(failure, anchor);
    return failureMarkup(run, failure, anchor);
  }
}

function cell(statement: ReportedStatement | undefined): Markup {
  const { outcome, symbol, label } = outcomeName(statement?.outcome ?? 'not-run');
  return html`<td class="run">
    <span class="outcome ${outcome}"><span class="symbol" aria-hidden="true">${symbol}</span>${label}</span>
  </td>`;
}

function sign({ outcome, missing = [] }: CaseResult, run: string): Markup {
  const { symbol, label } = outcomeName(outcome);
  const title = `${run}: ${label}${missing.length === 0 ? '' : `, for want of ${missing.join(', ')}`}`;
  return html`<span class="symbol ${outcome}" role="img" title="${title}" aria-label="${title}">${symbol}</span>`;
}
