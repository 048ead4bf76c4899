import { Transcript } from '../../../transcript/transcript.ts';
import type { CaseResult } from '../../result.ts';
import { shortLines } from '../../short-lines.ts';
import type { ReportedFailure, ReportRun } from '../report.ts';
import { html, type Markup } from './markup.ts';

/** A diagram shows so many of the last packets. */
const ENTRIES_MAX = 200;

/** Everything about a failure; `anchor`: where other statements link to it. */
export function failureMarkup(run: ReportRun, { result, reason }: ReportedFailure, anchor: string): Markup {
  const kind = reason === undefined ? 'failed' : 'known-failure';
  const level =
    result.error?.level === 'should' ? html`<p>The standard recommends this; it does not demand it.</p>` : undefined;
  const known = reason === undefined ? undefined : html`<p><strong>Known:</strong> ${reason}</p>`;
  return html`<details class="failure ${kind}" id="${anchor}">
    <summary>${run.label}: ${result.case}</summary>
    ${known}${level}
    <h4>What came apart</h4>
    <pre>${result.error?.message ?? ''}</pre>
    ${diagram(result)}
  </details>`;
}

/** Where the failure has been shown under another statement. */
export function failureLink(run: ReportRun, { result }: ReportedFailure, anchor: string): Markup {
  return html`<p class="soft">${run.label}: <a href="#${anchor}">${result.case}</a></p>`;
}

function diagram({ transcript }: CaseResult): Markup | undefined {
  if (transcript === undefined || transcript.length === 0) return undefined;
  const text = shortLines(Transcript.fromJSON(transcript).toString({ last: ENTRIES_MAX }));
  const heading = transcript.length > ENTRIES_MAX ? `The last ${ENTRIES_MAX} packets` : 'The packets';
  return html`<h4>${heading}</h4>
    <pre tabindex="0" role="region" aria-label="Sequence diagram: the client on the left, the broker on the right">
${text}</pre>`;
}
