import type { CaseResult } from '../../result.ts';
import { outcomeName } from '../outcomes.ts';
import { html, type Markup } from './markup.ts';

/** A case in the list of a statement: what came of it in each run, in the order of the columns, and its name. */
export function caseMarkup(name: string, results: readonly (CaseResult | undefined)[]): Markup {
  return html`<li>${runsOfEqual(results.map(signOf)).map(signsMarkup)} ${name}</li>`;
}

interface Sign {
  readonly outcome: CaseResult['outcome'] | 'not-run';
  readonly lack: string;
}

function signOf(result: CaseResult | undefined): Sign {
  if (result === undefined) return { outcome: 'not-run', lack: '' };
  return { outcome: result.outcome, lack: (result.missing ?? []).join(', ') };
}

/** What is the same one after the other, together: most cases have passed everywhere. */
function runsOfEqual(signs: readonly Sign[]): readonly (readonly [Sign, number])[] {
  const found: [Sign, number][] = [];
  for (const sign of signs) {
    const last = found.at(-1);
    if (last !== undefined && last[0].outcome === sign.outcome && last[0].lack === sign.lack) last[1] += 1;
    else found.push([sign, 1]);
  }
  return found;
}

/** As short as it can be: there are thousands of them. */
function signsMarkup([{ outcome, lack }, count]: readonly [Sign, number]): Markup {
  const signs = outcomeName(outcome).symbol.repeat(count);
  if (outcome === 'not-supported') return html`<b title="${lack}">${signs}</b>`;
  if (outcome === 'not-run') return html`<b class="not-run">${signs}</b>`;
  return outcome === 'failed' ? html`<i>${signs}</i>` : html`<b>${signs}</b>`;
}
