/** The page's style sheet. Colours follow the reader's choice of light or dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: light-dark(#fdfdfc, #16181b);
  --card: light-dark(#ffffff, #1d2024);
  --text: light-dark(#1c1f23, #e4e6e8);
  --soft: light-dark(#5b626a, #a2a9b1);
  --line: light-dark(#dcdfe3, #343941);
  --link: light-dark(#1a5fb4, #82b4f0);
  --passed: light-dark(#1b6e3c, #6fcf97);
  --failed: light-dark(#b3261e, #ff8a80);
  --known-failure: light-dark(#8a5300, #f0b35a);
  --not-supported: light-dark(#5b4b9a, #b5a7f0);
  --unobservable: light-dark(#5b626a, #a2a9b1);
  --not-run: light-dark(#5b626a, #a2a9b1);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 4.5rem; }
body {
  margin: 0 auto; padding: 2rem clamp(1rem, 3vw, 3rem) 4rem; max-width: 84rem;
  background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
}
h1 { margin: 0; font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 2.5rem 0 0.6rem; font-size: 1.2rem; }
h2 .number { display: inline-block; min-width: 2.6rem; color: var(--soft); font-weight: 400; }
p { max-width: 70ch; }
a { color: var(--link); }
.soft { color: var(--soft); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
table { border-collapse: collapse; width: 100%; }
.chapter table { table-layout: fixed; min-width: 46rem; }
th, td { padding: 0.5rem 0.75rem; text-align: left; vertical-align: top; border-top: 1px solid var(--line); }
th.id { width: 9.5rem; font: 600 0.85rem/1.75 ui-monospace, 'SFMono-Regular', Menlo, Consolas, monospace; white-space: nowrap; }
thead th, thead th.id { border-top: 0; color: var(--soft); font-family: inherit; font-size: 0.85rem; font-weight: 600; }
th.id a { color: inherit; text-decoration: none; }
th.id a:hover { text-decoration: underline; }
th.run { width: 8.2rem; overflow-wrap: anywhere; }
tr.below > td { border-top: 0; padding: 0 0.75rem 0.5rem 10.25rem; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
caption { padding: 0; height: 0; overflow: hidden; position: absolute; clip-path: inset(50%); }
.outcome { font-weight: 600; }
.chapter td:nth-child(n + 3) { font-size: 0.85rem; font-weight: 600; }
.passed, .cases b { color: var(--passed); }
.failed, .cases i { color: var(--failed); }
.known-failure { color: var(--known-failure); }
.not-supported, .cases [title] { color: var(--not-supported); }
.unobservable { color: var(--unobservable); }
.not-run, .cases .not-run { color: var(--not-run); }
.zero { color: var(--soft); font-weight: 400; }
.bar { display: flex; gap: 2px; height: 0.55rem; min-width: 9rem; margin-top: 0.35rem; }
.bar span { background: currentcolor; border-radius: 2px; min-width: 3px; }
details { margin-top: 0.2rem; font-size: 0.9rem; }
summary { cursor: pointer; color: var(--soft); }
.failure { margin: 0.4rem 0 0; padding: 0.45rem 0.9rem; border-left: 3px solid currentcolor; border-radius: 0 6px 6px 0; background: var(--page); }
.failure > * { color: var(--text); }
.failure > p { margin: 0.2rem 0; font-size: 0.9rem; }
.failure > .soft, .failure summary { color: var(--soft); }
pre {
  margin: 0.3rem 0; padding: 0.7rem 0.9rem; overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--card);
  font: 0.8rem/1.45 ui-monospace, 'SFMono-Regular', Menlo, Consolas, monospace; max-height: 32rem;
}
pre[tabindex]::before { content: '     client           broker'; display: block; color: var(--soft); }
ul.cases { margin: 0.3rem 0; padding: 0; list-style: none; }
.cases b, .cases i { font: 600 0.85rem/1 ui-monospace, 'SFMono-Regular', Menlo, Consolas, monospace; letter-spacing: 0.15em; }
nav ol { columns: 20rem; column-gap: 2rem; padding: 0; list-style: none; font-size: 0.92rem; }
nav li { break-inside: avoid; padding: 0.1rem 0; }
.tools {
  position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: center;
  margin: 1.5rem 0 0; padding: 0.7rem 0; background: var(--page); border-bottom: 1px solid var(--line); font-size: 0.9rem;
}
.tools[hidden], [hidden] { display: none; }
.tools label { display: inline-flex; gap: 0.35rem; align-items: center; }
.tools input[type='search'] { font: inherit; padding: 0.3rem 0.6rem; min-width: 14rem; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
.note { margin-top: 0.7rem; padding: 0.7rem 1rem; border: 1px solid var(--line); border-left: 3px solid var(--known-failure); border-radius: 0 6px 6px 0; background: var(--card); }
.note p { margin: 0; }
.note ul { margin: 0.3rem 0 0; }
tbody:target, .failure :target { outline: 2px solid var(--link); outline-offset: -2px; }
@media print { .tools { display: none; } .scroll, pre { overflow: visible; max-height: none; } pre { white-space: pre-wrap; } }
`;
