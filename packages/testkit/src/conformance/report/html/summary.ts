import { OUTCOME_NAMES } from '../outcomes.ts';
import type { ReportRun } from '../report.ts';
import { html, type Markup } from './markup.ts';

/** One row for each run: how many statements have come to which outcome. */
export function summaryTable(runs: readonly ReportRun[]): Markup {
  const heads = OUTCOME_NAMES.map(
    ({ label, explanation }) => html`<th scope="col" class="number" title="${explanation}">${label}</th>`,
  );
  return html`<div class="scroll">
    <table>
      <caption>
        Statements of MQTT v5 by their outcome, for each client
      </caption>
      <thead>
        <tr>
          <th scope="col">Client</th>
          ${heads}
          <th scope="col" class="number">cases</th>
        </tr>
      </thead>
      <tbody>
        ${runs.map(summaryRow)}
      </tbody>
    </table>
  </div>`;
}

function summaryRow(run: ReportRun): Markup {
  const cells = OUTCOME_NAMES.map(({ outcome }) => {
    const count = run.counts[outcome];
    return html`<td class="number outcome ${count === 0 ? 'zero' : outcome}">${count}</td>`;
  });
  const bars = OUTCOME_NAMES.filter(({ outcome }) => run.counts[outcome] > 0).map(
    ({ outcome }) => html`<span class="${outcome}" style="flex:${run.counts[outcome]}"></span>`,
  );
  return html`<tr>
    <th scope="row">
      ${run.label}
      <div class="bar" aria-hidden="true">${bars}</div>
    </th>
    ${cells}
    <td class="number">${run.result.cases.length}</td>
  </tr>`;
}

/** What has to be done about the lists of known failures. */
export function knownFailureNotes(runs: readonly ReportRun[]): readonly Markup[] {
  return runs.flatMap((run) => [
    ...note(`${run.label}: known failures that pass now. Take them off the list.`, run.passingAgain),
    ...note(`${run.label}: known failures whose case was not run.`, run.notRun),
  ]);
}

function note(title: string, list: ReportRun['passingAgain']): readonly Markup[] {
  if (list.length === 0) return [];
  const items = list.map((known) => html`<li>${known.case} <span class="soft">(${known.reason})</span></li>`);
  return [
    html`<div class="note">
      <p>${title}</p>
      <ul>
        ${items}
      </ul>
    </div>`,
  ];
}
