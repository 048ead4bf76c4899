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
      expect(row).toContain(summary.replaceAll('"', '&quot;').replaceAll("'", '&#39;'));
      expect(row.match(/<td class="run">/g)).toHaveLength(2);
      expect(row).toContain('<th scope="row" class="id">');
    }
  });

  it('names the outcomes in words', () => {
    const words = (id: string): readonly string[] =>
      [...rowOf(id).matchAll(/<span class="outcome [a-z-]+"><span[^>]*>.<\/span\s*>([a-z ]+)<\/span/g)].map(
        (m) => m[1]!,
      );
    expect(words('MQTT-3.3.1-1')).toEqual(['passed', 'passed']);
    expect(words('MQTT-3.3.1-2')).toEqual(['failed', 'known failure']);
    expect(words('MQTT-3.3.1-4')).toEqual(['not supported', 'not supported']);
    expect(words('MQTT-1.5.4-1')).toEqual(['not observable', 'not observable']);
    expect(words('MQTT-3.3.1-5')).toEqual(['not run', 'not run']);
  });

  it('shows a failure with its error and its packets, and links to it from the next statement', () => {
    const row = rowOf('MQTT-3.3.1-2');
    expect(row).toContain('<summary>first over memory: two</summary>');
    expect(row).toContain('<pre>a &lt;wanted&gt; b</pre>');
    expect(row).toContain(
      '       5  #1  |---- PUBLISH ---&gt;|  topic &#39;a&#39;, qos 1, packetId 7\n' +
        '       6  #1  |&lt;--- PUBACK -----|  packetId 7</pre>',
    );
    expect(row).toContain('<strong>Known:</strong> of old');
    const later = rowOf('MQTT-4.3.1-1');
    const [, anchor] = /<a href="#(failure-\d+)">two<\/a>/.exec(later)!;
    expect(row).toContain(`id="${anchor}"`);
    expect(later).not.toContain('<pre');
  });

  it('says why a statement cannot be observed, and what a client lacks', () => {
    expect(rowOf('MQTT-1.5.4-1')).toContain('It hides.');
    expect(rowOf('MQTT-3.3.1-4')).toContain('first over memory: not supported, for want of manual-ack');
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
          // Topic '<b>', payload '</pre>'.
          {
            atMs: 0,
            connection: 1,
            direction: 'toServer' as const,
            packet: 'PUBLISH',
            bytes: '30 0c 00 03 3c 62 3e 00 3c 2f 70 72 65 3e',
          },
          { atMs: 0, connection: 1, mark: '<i>', detail: '<u>' },
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
    expect(spoiled).not.toMatch(/<img|<way|<no>|<b>|<i>|<u>|alert\(1\)<\/script>/);
    expect(spoiled).toContain(
      '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=&#39;alert(2)&#39;&gt;',
    );
    expect(spoiled).toContain('&amp;amp;\\u{202e}\\u{0}');
    expect(spoiled).toContain('topic &#39;&lt;b&gt;&#39;, payload &#39;&lt;/pre&gt;&#39;');
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
