import { describe, expect, it } from 'vitest';
import {
  allCases,
  memoryWay,
  runConformance,
  type ClientUnderTest,
  type ConformanceCase,
  type ConformanceResult,
} from '@minimq/testkit/conformance';
import { notPassed } from '../not-passed.ts';
import { withFault, type EngineFault } from './engine-fault.ts';
import { engineFaults } from './faults/index.ts';
import { sessionWith } from './faulty-session.ts';

// Whoever breaks a rule in the engine has to hear from the suite which statement it was.

const judge = (client: ClientUnderTest, cases: readonly ConformanceCase[]): Promise<ConformanceResult> =>
  runConformance({ client, way: memoryWay(), cases });

/** A fault is not to break everything: a client that does nothing fails every statement. */
const connects: ConformanceCase = {
  statements: [],
  name: 'connects',
  async run({ broker, client, pace }) {
    const connecting = client.connect();
    await broker.expect.connect();
    await broker.send.connack();
    await pace.settle(connecting, 'patiently');
    expect(await connecting).toMatchObject({ reasonCode: 0 });
  },
};

describe('the suite', () => {
  it('finds nothing in the engine as it is', async () => {
    const result = await judge(await sessionWith(), allCases);
    expect(notPassed(result)).toEqual([]);
    expect(result.caseCounts.passed).toBeGreaterThan(500);
  });

  it.each(engineFaults.map((fault) => [fault.breaks.join(', '), fault.what, fault] as const))(
    'names %s where the client %s',
    async (_ids, _what, fault) => {
      const { breaks } = fault;
      const cases = allCases.filter(({ statements }) => statements.some((id) => breaks.includes(id)));
      const result = await judge(await sessionWith(fault), [connects, ...cases]);
      const failed = result.statements.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);
      expect(failed).toEqual(expect.arrayContaining([...breaks]));
      expect(result.cases.find((one) => one.case === connects.name)?.outcome).toBe('passed');
    },
  );
});

describe('the list of faults', () => {
  it('has many, in the protocol and in the codec, and none of them twice', () => {
    const count = (folder: string): number => engineFaults.filter(({ file }) => file.startsWith(folder)).length;
    expect(count('protocol/')).toBeGreaterThanOrEqual(30);
    expect(count('codec/')).toBeGreaterThanOrEqual(20);
    expect(new Set(engineFaults.map(({ what }) => what)).size).toBe(engineFaults.length);
    const places = engineFaults.map(({ file, fragment, replacement }) => [file, fragment, replacement].join('\n'));
    expect(new Set(places).size).toBe(engineFaults.length);
    expect(engineFaults.filter(({ breaks }) => breaks.length === 0)).toEqual([]);
  });
});

describe('a fault', () => {
  const fault: EngineFault = { what: 'w', file: 'f.ts', fragment: 'a < b', replacement: 'a > b', breaks: [] };

  it('stands in the place of its fragment', () => {
    expect(withFault('if (a < b) c();', fault)).toBe('if (a > b) c();');
  });

  it('says where its fragment is gone', () => {
    const message = /^The fault "w" replaces "a < b" in f\.ts, which is not there any more: /;
    expect(() => withFault('if (a <= b) c();', fault)).toThrow(message);
  });

  it('says where its fragment is there more than once', () => {
    const message = /^The fault "w" replaces "a < b" in f\.ts, which is there 3 times: /;
    expect(() => withFault('a < b; a < b; a < b', fault)).toThrow(message);
  });

  it('says so when the core is built with it', async () => {
    const gone: EngineFault = { ...fault, file: 'protocol/granted.ts', fragment: 'there is no such line' };
    await expect(sessionWith(gone)).rejects.toThrow(/^The fault "w" .* in protocol\/granted\.ts, which is not there /);
  });
});
