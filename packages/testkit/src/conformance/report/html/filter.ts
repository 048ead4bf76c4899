import { OUTCOME_NAMES, type ReportOutcome } from '../outcomes.ts';
import { html, type Markup } from './markup.ts';

/** Boxes to choose the outcomes that are shown. They stay hidden where no script runs, and then all rows are there. */
export function filterTools(present: ReadonlySet<ReportOutcome>): Markup {
  const boxes = OUTCOME_NAMES.filter(({ outcome }) => present.has(outcome)).map(
    ({ outcome, label }) =>
      html`<label class="${outcome}"
        ><input type="checkbox" name="outcome" value="${outcome}" checked /> ${label}</label
      >`,
  );
  return html`<form class="tools" id="tools" hidden aria-label="Choose statements">
    ${boxes}
    <label>Find <input type="search" name="words" placeholder="PUBREL, quota, 3.3.1" autocomplete="off" /></label>
    <output class="soft" name="count"></output>
  </form>`;
}

/** A statement stays where one of its outcomes is chosen and all words occur in it; a chapter stays where a statement does. */
export const FILTER_SCRIPT = `
const form = document.getElementById('tools');
const rows = [...document.querySelectorAll('tbody[data-outcomes]')];
const texts = rows.map((row) => row.textContent.toLowerCase());
form.hidden = false;
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('input', show);
function show() {
  const chosen = new Set([...form.querySelectorAll('[name=outcome]:checked')].map((box) => box.value));
  const words = form.elements.words.value.toLowerCase().split(/\\s+/);
  let count = 0;
  rows.forEach((row, i) => {
    const fits = row.dataset.outcomes.split(' ').some((outcome) => chosen.has(outcome));
    row.hidden = !fits || !words.every((word) => texts[i].includes(word));
    if (!row.hidden) count += 1;
  });
  for (const chapter of document.querySelectorAll('section.chapter')) {
    chapter.hidden = chapter.querySelector('tbody[data-outcomes]:not([hidden])') === null;
  }
  form.elements.count.value = count + ' of ' + rows.length + ' statements';
}
show();
`;
