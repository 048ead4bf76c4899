import type { ReportedFailure, ReportRun } from '../report.ts';
import { sequenceDiagram } from './diagram.ts';
import { html, type Markup } from './markup.ts';
import { ownWords } from './own-words.ts';

/** A failure of one case that looks the same in one run or several. */
export interface ShownFailure {
  readonly name: string;
  readonly level: 'must' | 'should';
  /** What came apart. */
  readonly said: string;
  /** Empty: nothing was sent. */
  readonly diagram: string;
  /** Where it failed, and why if that is known. */
  readonly runs: readonly { readonly label: string; readonly reason: string | undefined }[];
}

/** Puts together what is to be shown once. */
export function shownFailures(failures: readonly (readonly [ReportRun, ReportedFailure])[]): readonly ShownFailure[] {
  const found = new Map<string, ShownFailure>();
  for (const [{ label }, { result, reason }] of failures) {
    const { error, transcript = [] } = result;
    const said = transcript.length === 0 ? (error?.message ?? '') : ownWords(error?.message ?? '');
    const diagram = transcript.length === 0 ? '' : sequenceDiagram(transcript);
    const { level = 'must' } = error ?? {};
    const key = JSON.stringify([result.case, level, said, diagram]);
    const runs = [...(found.get(key)?.runs ?? []), { label, reason }];
    found.set(key, { name: result.case, level, said, diagram, runs });
  }
  return [...found.values()];
}

/** A failure, and where on the page other statements link to it. */
export type AnchoredFailure = readonly [failure: ShownFailure, anchor: string];

/** All about some failures; those of the same runs for the same reasons stand together. */
export function failuresMarkup(failures: readonly AnchoredFailure[]): readonly Markup[] {
  const groups = new Map<string, AnchoredFailure[]>();
  for (const anchored of failures) {
    const [{ runs, level }] = anchored;
    const key = JSON.stringify([runs, level]);
    groups.set(key, [...(groups.get(key) ?? []), anchored]);
  }
  return [...groups.values()].map(groupMarkup);
}

/** Where a failure has been shown under another statement. */
export function failureLink([{ name, runs }, anchor]: AnchoredFailure): Markup {
  return html`<p class="soft">${runs.map(({ label }) => label).join(', ')}: <a href="#${anchor}">${name}</a></p>`;
}

function groupMarkup(group: readonly AnchoredFailure[]): Markup {
  const [{ runs, level }] = group[0]!;
  const kind = runs.some(({ reason }) => reason === undefined) ? 'failed' : 'known-failure';
  const why = runs.map(({ label, reason = 'It failed.' }) => html`<p><strong>${label}:</strong> ${reason}</p>`);
  const note = level === 'should' ? html`<p class="soft">The standard recommends this; it does not demand it.</p>` : [];
  return html`<div class="failure ${kind}">${why}${note}${group.map(caseMarkup)}</div>`;
}

function caseMarkup([{ name, said, diagram }, anchor]: AnchoredFailure): Markup {
  const packets = diagram === '' ? undefined : html`<pre tabindex="0">${diagram}</pre>`;
  return html`<details id="${anchor}">
    <summary>${name}</summary>
    <pre>${said}</pre>
    ${packets}
  </details>`;
}
