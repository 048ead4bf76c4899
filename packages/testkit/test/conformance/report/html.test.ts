import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { conformanceReport, reportToHtml, statements } from '@minimq/testkit/conformance';
import { failed, notSupported, passed, resultOf } from './support.ts';

const cases = [
  passed('one', 'MQTT-3.3.1-1'),
  failed('two', 'a <wanted> b', 'MQTT-3.3.1-2', 'MQTT-4.3.1-1'),
  notSupported('four', 'MQTT-3.3.1-4'),
];
const page = reportToHtml(
  conformanceReport([
    { result: resultOf('first', cases) },
    { result: resultOf('second', cases), knownFailures: [{ case: 'two', reason: 'of old' }] },
  ]),
);

/** The part of the page about one statement. */
function rowOf(id: string): string {
  return new RegExp(`<tbody id="${id}"[^]*?</tbody>`).exec(page)![0];
}

describe('the page', () => {
  it('has every statement once, in a row with its summary and a cell for each run', () => {
    for (const { id, summary } of statements) {
      const row = rowOf(id);
      expect(page.split(`<tbody id="${id}"`)).toHaveLength(2);
      expect(row).toContain(summary.replaceAll('"', '&quot;'));
      expect(row.match(/<td class=/g)).toHaveLength(2);
      expect(row).toContain('<th scope="row" class="id">');
    }
  });

  it('names the outcomes in words', () => {
    const words = (id: string): readonly string[] =>
      [...rowOf(id).matchAll(/<td class="[a-z-]+">. ([a-z ]+)<\/td>/g)].map((m) => m[1]!);
    expect(words('MQTT-3.3.1-1')).toEqual(['passed', 'passed']);
    expect(words('MQTT-3.3.1-2')).toEqual(['failed', 'known failure']);
    expect(words('MQTT-3.3.1-4')).toEqual(['not supported', 'not supported']);
    expect(words('MQTT-1.5.4-1')).toEqual(['not observable', 'not observable']);
    expect(words('MQTT-3.3.1-5')).toEqual(['not run', 'not run']);
  });

  it('shows a failure with its error and its packets, and links to it from the next statement', () => {
    const row = rowOf('MQTT-3.3.1-2');
    expect(row).toContain('<p><strong>first over memory:</strong> It failed.</p>');
    expect(row).toContain('<summary>two</summary>');
    expect(row).toContain('<pre>a &lt;wanted> b</pre>');
    expect(row).toContain(
      "  #1  |---- PUBLISH --->|  topic 'a', qos 1, packetId 7\n" + '  #1  |&lt;--- PUBACK -----|  packetId 7</pre>',
    );
    expect(row).toContain('<p><strong>second over memory:</strong> of old</p>');
    const later = rowOf('MQTT-4.3.1-1');
    const [, anchor] = /<a href="#(failure-\d+)">two<\/a>/.exec(later)!;
    expect(row).toContain(`<details id="${anchor}">`);
    expect(later).not.toContain('<pre');
  });

  it('shows once what has failed in the same way in several runs, and apart what has not', () => {
    expect(rowOf('MQTT-3.3.1-2').match(/<pre>/g)).toHaveLength(1);
    const other = [failed('two', 'another', 'MQTT-3.3.1-2')];
    const apart = reportToHtml(
      conformanceReport([{ result: resultOf('first', cases) }, { result: resultOf('second', other) }]),
    );
    expect(apart).toContain('<pre>a &lt;wanted> b</pre>');
    expect(apart).toContain('<pre>another</pre>');
  });

  it('puts the failures of one reason under it', () => {
    const alike = [failed('x', 'said of x', 'MQTT-3.3.1-2'), failed('y', 'said of y', 'MQTT-3.3.1-2')];
    const knownFailures = ['x', 'y'].map((name) => ({ case: name, reason: 'Both are old.' }));
    const both = reportToHtml(conformanceReport([{ result: resultOf('first', alike), knownFailures }]));
    expect(both.match(/Both are old\./g)).toHaveLength(1);
    for (const said of ['said of x', 'said of y']) expect(both).toContain(`<pre>${said}</pre>`);
  });

  it('leaves out of a message what it shows itself, and where in the suite the step stands', () => {
    const message =
      'PUBACK came\n\n  at      /some/where/case.js:1:2\n  step    expect.end()\n\n  bytes   40 02 00 07\n\n' +
      '  So far:\n     at ms    client           broker\n         5  #1  |---- PUBLISH --->|  qos 1\nThe program is running';
    const spoken = reportToHtml(
      conformanceReport([{ result: resultOf('first', [failed('two', message, 'MQTT-3.3.1-2')]) }]),
    );
    expect(spoken).toContain('<pre>PUBACK came\n\n  bytes   40 02 00 07\nThe program is running</pre>');
  });

  it('says where seconds pass, and nothing else of the time: two runs of one client make the same page', () => {
    const at = (atMs: number) => ({ atMs, connection: 1, mark: 'cut', detail: '' });
    const timed = (...times: number[]) => ({
      ...failed('two', 'late', 'MQTT-3.3.1-2'),
      transcript: times.map(at),
      durationMs: times[0]!,
    });
    const pageOf = (...times: number[]) =>
      reportToHtml(conformanceReport([{ result: resultOf('first', [timed(...times)], times[0]) }]));
    expect(pageOf(3, 600, 2_601)).toContain(
      '  #1  |       cut       |\n  #1  |       cut       |\n  #1  |    2 s later    |\n  #1  |       cut       |</pre>',
    );
    expect(pageOf(3, 600, 2_601)).toBe(pageOf(9, 580, 2_579));
  });

  it('says why a statement cannot be observed, and what a client lacks', () => {
    expect(rowOf('MQTT-1.5.4-1')).toContain('It hides.');
    expect(rowOf('MQTT-3.3.1-4')).toContain('<li><b title="manual-ack">––</b> four</li>');
  });

  it('has a sign for each run before a case, in the order of the columns', () => {
    const some = [passed('one', 'MQTT-3.3.1-1')];
    const runs = [passed('one', 'MQTT-3.3.1-1'), failed('one', 'no', 'MQTT-3.3.1-1')].map((one) => [one]);
    const results = [...runs, some, []].map((list, i) => ({ result: resultOf(`client ${i}`, list) }));
    expect(reportToHtml(conformanceReport(results))).toContain(
      '<li><b>✓</b><i>✗</i><b>✓</b><b class="not-run">·</b> one</li>',
    );
  });

  it('needs no other file, and lets none in', () => {
    expect(page).not.toMatch(/<link|<img|<iframe|src=|url\(|@import|https?:/);
    expect(page).toContain("default-src 'none'");
  });

  it('has no identifier twice, and no link to nowhere', () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });

  it('closes what it opens', () => {
    const body = page.replace(/<style>[^]*?<\/style>/, '').replace(/<script>[^]*?<\/script>/, '');
    const open: string[] = [];
    for (const [tag, slash, name] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
      if (['meta', 'input'].includes(name!)) continue;
      if (slash === '') open.push(name!);
      else expect(open.pop(), tag).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it('has headings for its tables and their columns', () => {
    expect(page.match(/<caption>/g)!.length).toBe(page.match(/<table>/g)!.length);
    expect(page.match(/<thead>/g)!.length).toBe(page.match(/<table>/g)!.length);
  });
});

describe('text of a client', () => {
  const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;\u{202e}\u{0}`;
  const hostile = failed(evil, evil, 'MQTT-3.3.1-2');
  const result = {
    ...resultOf(evil, [
      {
        ...hostile,
        transcript: [
          // Topic '<q>', payload '</pre>'.
          {
            atMs: 0,
            connection: 1,
            direction: 'toServer' as const,
            packet: 'PUBLISH',
            bytes: '30 0c 00 03 3c 71 3e 00 3c 2f 70 72 65 3e',
          },
          { atMs: 0, connection: 1, mark: '<s>', detail: '<u>' },
        ],
      },
      passed(`${evil} too`, 'MQTT-3.3.1-2'),
    ]),
    way: '<way>',
  };
  const spoiled = reportToHtml(
    conformanceReport([
      {
        result,
        knownFailures: [
          { case: evil, reason: evil },
          { case: `${evil} too`, reason: evil },
          { case: '<no>', reason: evil },
        ],
      },
    ]),
  );

  it('is text and nothing else', () => {
    const script = /<script>[^]*?<\/script>/g;
    expect(spoiled.match(script)).toHaveLength(1);
    expect(spoiled.match(script)).toEqual(page.match(script));
    expect(spoiled).not.toMatch(/<img|<way|<no>|<q>|<s>|<u>|alert\(1\)<\/script>/);
    expect(spoiled).toContain("&quot;>&lt;script>alert(1)&lt;/script>&lt;img src=x onerror='alert(2)'>");
    expect(spoiled).toContain('&amp;amp;\\u{202e}\\u{0}');
    expect(spoiled).toContain("topic '&lt;q>', payload '&lt;/pre>'");
    expect(Array.from(spoiled).filter((character) => character !== '\n' && character < ' ')).toEqual([]);
  });
});

describe('the filter', () => {
  interface FakeRow {
    readonly dataset: { readonly outcomes: string };
    readonly textContent: string;
    hidden: boolean;
  }
  const row = (outcomes: string, textContent: string): FakeRow => ({
    dataset: { outcomes },
    textContent,
    hidden: false,
  });

  /** Runs the page's script on rows and boxes that are only like those of a document. */
  function filtered(
    chosen: readonly string[],
    words: string,
  ): { shown: readonly string[]; chapter: boolean; count: string } {
    const rows = [row('passed', 'A passed'), row('failed passed', 'B quota'), row('not-run', 'C Quota')];
    const chapter = { hidden: false, querySelector: () => rows.find(({ hidden }) => !hidden) ?? null };
    const count = { value: '' };
    const form = {
      hidden: true,
      addEventListener: () => undefined,
      querySelectorAll: () => chosen.map((value) => ({ value })),
      elements: { words: { value: words }, count },
    };
    const document = {
      getElementById: () => form,
      querySelectorAll: (selector: string) => (selector === 'tbody[data-outcomes]' ? rows : [chapter]),
    };
    runInNewContext(/<script>([^]*?)<\/script>/.exec(page)![1]!, { document });
    expect(form.hidden).toBe(false);
    const shown = rows.filter(({ hidden }) => !hidden).map(({ textContent }) => textContent);
    return { shown, chapter: !chapter.hidden, count: count.value };
  }

  it('shows the statements of the outcomes that are chosen', () => {
    expect(filtered(['failed'], '')).toEqual({ shown: ['B quota'], chapter: true, count: '1 of 3 statements' });
    expect(filtered(['passed', 'not-run'], '').shown).toEqual(['A passed', 'B quota', 'C Quota']);
  });

  it('looks for all words, whatever their case', () => {
    expect(filtered(['passed', 'not-run'], 'QUOTA c').shown).toEqual(['C Quota']);
  });

  it('hides a chapter of which nothing is left', () => {
    expect(filtered([], '')).toEqual({ shown: [], chapter: false, count: '0 of 3 statements' });
  });

  it('is hidden until the script runs', () => {
    expect(page).toMatch(/<form class="tools" id="tools" hidden/);
  });
});
