import { describe, expect, it } from 'vitest';
import { conformanceReport, progressLines, reportToText } from '@minimq/testkit/conformance';
import { failed, notSupported, passed, resultOf } from './support.ts';

const should = failed('three', 'it came\n\n  late', 'MQTT-3.3.1-3');
const cases = [
  passed('one', 'MQTT-3.3.1-1'),
  failed('two', 'no', 'MQTT-3.3.1-2', 'MQTT-3.3.1-3'),
  { ...should, error: { level: 'should' as const, message: should.error!.message } },
  notSupported('four', 'MQTT-3.3.1-4'),
];

describe('a report for a terminal', () => {
  it('has a table, and what failed', () => {
    const knownFailures = [
      { case: 'two', reason: 'of old' },
      { case: 'one', reason: 'r' },
      { case: 'nine', reason: 'r' },
    ];
    expect(reportToText(conformanceReport([{ result: resultOf('a client', cases), knownFailures }]))).toBe(
      `Statements of MQTT v5

                      passed  failed  known failure  not supported  not observable  not run  cases  seconds
a client over memory       1       1              1              1               1      246      4      1.2

a client over memory: failed
  three (recommended only)
    MQTT-3.3.1-3
    it came

      late

a client over memory: known failures
  two
    MQTT-3.3.1-2, MQTT-3.3.1-3
    of old

a client over memory: known failures that pass now; take them off the list
  one

a client over memory: known failures whose case was not run
  nine

1 case failed.
`,
    );
  });

  it('says that nothing failed', () => {
    const text = reportToText(conformanceReport([{ result: resultOf('a client', [cases[0]!]) }]));
    expect(text.endsWith('\n\nNothing failed that is not known.\n')).toBe(true);
    expect(text).not.toContain('known failures');
  });

  it('lets no client move the cursor or turn the text around', () => {
    const hostile = failed('two\u{1b}[2J', 'a\u{202e}b\u{7f}\r\nc\ud800', 'MQTT-3.3.1-2');
    const text = reportToText(conformanceReport([{ result: resultOf('\u{1b}]0;x\u{7}', [hostile]) }]));
    expect(text).toContain('\\u{1b}]0;x\\u{7} over memory: failed\n  two\\u{1b}[2J\n');
    expect(text).toContain('    a\\u{202e}b\\u{7f}\\u{d}\n    c\\u{d800}\n');
    expect(Array.from(text).filter((character) => character !== '\n' && character < ' ')).toEqual([]);
  });
});

describe('progress', () => {
  function written(columns: number | undefined, known: readonly string[] = []): string {
    let text = '';
    const knownFailures = known.map((name) => ({ case: name, reason: 'r' }));
    const onProgress = progressLines({ write: (part) => void (text += part), columns, knownFailures });
    for (const [i, each] of cases.slice(0, 3).entries()) onProgress(each, { doneCount: i + 1, totalCount: 3 });
    return text;
  }

  it('is one line on a terminal, which failures leave behind, and which is gone at the end', () => {
    const clear = '\r                   \r';
    expect(written(20)).toBe(
      `${clear}1 of 3, 0 failed  o` +
        `${clear}failed: two\n${clear}2 of 3, 1 failed  t` +
        `${clear}failed: three\n${clear}`,
    );
  });

  it('is the failures alone elsewhere', () => {
    expect(written(undefined)).toBe('failed: two\nfailed: three\n');
  });

  it('does not count a known failure', () => {
    expect(written(undefined, ['two'])).toBe('failed: three\n');
  });
});
