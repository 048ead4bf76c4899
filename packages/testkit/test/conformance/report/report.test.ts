import { describe, expect, it } from 'vitest';
import { conformanceReport, reportToJson } from '@minimq/testkit/conformance';
import { failed, notSupported, passed, resultOf } from './support.ts';

const cases = [
  passed('one', 'MQTT-3.3.1-1'),
  failed('two', 'no', 'MQTT-3.3.1-2', 'MQTT-3.3.1-3'),
  failed('three', 'no', 'MQTT-3.3.1-3'),
  notSupported('four', 'MQTT-3.3.1-4'),
];
const result = resultOf('a client', cases);

describe('a report', () => {
  it('ends well where nothing failed', () => {
    expect(conformanceReport([{ result: resultOf('a client', [cases[0]!]) }]).exitCode).toBe(0);
    expect(conformanceReport([]).exitCode).toBe(0);
  });

  it('ends badly where something failed that is not known', () => {
    expect(conformanceReport([{ result }]).exitCode).toBe(1);
    expect(conformanceReport([{ result, knownFailures: [{ case: 'two', reason: 'r' }] }]).exitCode).toBe(1);
  });

  it('ends well where all that failed is known', () => {
    const knownFailures = ['two', 'three'].map((name) => ({ case: name, reason: `why ${name}` }));
    const report = conformanceReport([{ result, knownFailures }]);
    expect(report.exitCode).toBe(0);
    expect(report.runs[0]!.failures.map(({ result: each, reason }) => [each.case, reason])).toEqual([
      ['two', 'why two'],
      ['three', 'why three'],
    ]);
    expect(report.runs[0]!.counts).toMatchObject({ failed: 0, 'known-failure': 2 });
  });

  it('ends badly where one of two runs does; a list of one client says nothing about another', () => {
    const knownFailures = ['two', 'three'].map((name) => ({ case: name, reason: 'r' }));
    expect(conformanceReport([{ result, knownFailures }, { result }]).exitCode).toBe(1);
  });

  it('calls a statement a known failure only where every case that failed is known', () => {
    const { runs } = conformanceReport([{ result, knownFailures: [{ case: 'two', reason: 'r' }] }]);
    const outcome = (id: Parameters<(typeof runs)[0]['statements']['get']>[0]): string | undefined =>
      runs[0]!.statements.get(id)?.outcome;
    expect(outcome('MQTT-3.3.1-1')).toBe('passed');
    expect(outcome('MQTT-3.3.1-2')).toBe('known-failure');
    expect(outcome('MQTT-3.3.1-3')).toBe('failed');
    expect(outcome('MQTT-3.3.1-4')).toBe('not-supported');
    expect(outcome('MQTT-3.3.1-5')).toBe('not-run');
    expect(outcome('MQTT-1.5.4-1')).toBe('unobservable');
    expect(runs[0]!.counts).toEqual({
      passed: 1,
      failed: 1,
      'known-failure': 1,
      'not-supported': 1,
      unobservable: 1,
      'not-run': 246,
    });
  });

  it('says which known failures pass now, and which were not run', () => {
    const knownFailures = ['one', 'two', 'four', 'five'].map((name) => ({ case: name, reason: 'r' }));
    const [run] = conformanceReport([{ result, knownFailures }]).runs;
    expect(run!.passingAgain.map((each) => each.case)).toEqual(['one']);
    expect(run!.notRun.map((each) => each.case)).toEqual(['four', 'five']);
  });
});

describe('a report as JSON', () => {
  const knownFailures = [
    { case: 'two', reason: 'why' },
    { case: 'one', reason: 'was slow' },
  ];
  const json = JSON.parse(JSON.stringify(reportToJson(conformanceReport([{ result, knownFailures }])))) as ReturnType<
    typeof reportToJson
  >;

  it('has the statements, the counts and what the list of known failures made of it', () => {
    expect(json.standard).toBe('MQTT 5.0');
    expect(json.exitCode).toBe(1);
    expect(json.statements).toHaveLength(251);
    expect(json.statements[0]).toMatchObject({ id: 'MQTT-1.5.4-1', role: 'both', duty: 'rejects' });
    expect(json.runs[0]).toMatchObject({
      counts: { passed: 1, failed: 1, 'known-failure': 1 },
      knownFailures: [{ case: 'two', reason: 'why' }],
      passingAgain: [{ case: 'one', reason: 'was slow' }],
      notRun: [],
    });
    expect(json.runs[0]!.outcomes).toMatchObject({ 'MQTT-3.3.1-2': 'known-failure', 'MQTT-3.3.1-3': 'failed' });
  });

  it('has the run itself, of which a report can be made again', () => {
    expect(json.runs[0]!.result).toEqual(result);
    expect(conformanceReport([{ result: json.runs[0]!.result, knownFailures }])).toEqual(
      conformanceReport([{ result, knownFailures }]),
    );
  });
});
