import { describe, expect, it } from 'vitest';
import {
  CaseError,
  memoryWay,
  runConformance,
  sessionUnderTest,
  statements,
  type ClientUnderTest,
  type ConformanceCase,
  type ConformanceClient,
  type ConformanceResult,
} from '@minimq/testkit/conformance';

const never = (): Promise<never> => new Promise(() => {});

/** A client that does nothing at all, as far as `methods` leave it. */
function clientWith(methods: Partial<ConformanceClient>): ClientUnderTest {
  return {
    name: 'a client',
    features: [],
    create: () => ({
      connect: never,
      publish: never,
      subscribe: never,
      unsubscribe: never,
      disconnect: never,
      reauthenticate: never,
      closed: never,
      stop: () => Promise.resolve(),
      ...methods,
    }),
  };
}

const passing: ConformanceCase = {
  statements: ['MQTT-3.1.0-1'],
  name: 'connects',
  async run({ broker, client }) {
    const connecting = client.connect();
    await broker.expect.connect();
    await broker.send.connack();
    await connecting;
  },
};

function run(
  cases: readonly ConformanceCase[],
  client: ClientUnderTest = sessionUnderTest(),
  caseLimitMs?: number,
): Promise<ConformanceResult> {
  return runConformance({ client, way: memoryWay(), cases, caseLimitMs });
}

describe('runConformance()', () => {
  it('says of each case and each statement what came out, as plain data', async () => {
    const failing: ConformanceCase = {
      statements: ['MQTT-3.1.0-1', 'MQTT-3.1.2-1'],
      name: 'waits for a PUBLISH that does not come',
      async run(bench) {
        await passing.run(bench);
        await bench.broker.expect.publish();
      },
    };
    const result = await run([passing, failing]);
    expect(result.client).toBe('minimq');
    expect(result.way).toBe('memory');
    expect(result.cases.map((one) => [one.case, one.outcome])).toEqual([
      ['connects', 'passed'],
      ['waits for a PUBLISH that does not come', 'failed'],
    ]);
    const [, failed] = result.cases;
    expect(failed?.error?.level).toBe('must');
    expect(failed?.error?.message).toContain('PUBLISH did not come');
    expect(failed?.transcript?.map((entry) => ('packet' in entry ? entry.packet : entry.mark))).toEqual([
      'CONNECT',
      'CONNACK',
      'reset',
    ]);
    expect(result.caseCounts).toEqual({ passed: 1, failed: 1, 'not-supported': 0 });
    expect(result.statements).toHaveLength(statements.length);
    const outcomeOf = (id: string) => result.statements.find((statement) => statement.id === id);
    expect(outcomeOf('MQTT-3.1.0-1')).toMatchObject({ outcome: 'failed', cases: ['connects', failing.name] });
    expect(outcomeOf('MQTT-3.1.2-1')).toMatchObject({ outcome: 'failed', cases: [failing.name] });
    expect(outcomeOf('MQTT-3.1.2-3')).toMatchObject({ outcome: 'not-run', cases: [] });
    expect(outcomeOf('MQTT-3.1.2-6')).toMatchObject({ outcome: 'unobservable', reason: expect.any(String) as string });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('reports what a client lacks as not supported, for the setting as for the need', async () => {
    const cases: readonly ConformanceCase[] = [
      { ...passing, name: 'needs', needs: ['auth'] },
      { ...passing, name: 'sets', setup: { receiveMaximum: 1, password: 'p' } },
    ];
    const result = await run(cases, clientWith({}));
    expect(result.cases.map(({ outcome, missing }) => [outcome, missing])).toEqual([
      ['not-supported', ['auth']],
      ['not-supported', ['receive-maximum', 'password-alone']],
    ]);
    expect(result.statementCounts['not-supported']).toBe(1);
    expect(result.statementCounts.passed).toBe(0);
  });

  it('gives up a case that hangs, and goes on with the next', async () => {
    const hanging: ConformanceCase = { ...passing, name: 'hangs', run: () => never() };
    const result = await run([hanging, passing], sessionUnderTest(), 200);
    expect(result.cases.map(({ outcome }) => outcome)).toEqual(['failed', 'passed']);
    expect(result.cases[0]?.error?.message).toBe('Nothing has happened for 200 ms');
  });

  it('lives with a client that throws, rejects what nobody waits for, and does not stop', async () => {
    const client = clientWith({
      connect() {
        throw new Error('thrown at once');
      },
      publish: () => Promise.reject(new Error('rejected')),
      stop: never,
    });
    const ignored: ConformanceCase = {
      statements: ['MQTT-3.1.0-1'],
      name: 'ignores its calls',
      async run(bench) {
        void bench.client.connect();
        void bench.client.publish({ topic: 'a' });
        await bench.broker.expectSilence();
      },
    };
    const result = await run([ignored, passing], client, 200);
    expect(result.cases.map(({ outcome }) => outcome)).toEqual(['passed', 'failed']);
  });

  it('fails a case with something left over that no step was about', async () => {
    const leaving: ConformanceCase = {
      ...passing,
      name: 'leaves a packet',
      async run(bench) {
        await passing.run(bench);
        await bench.client.publish({ topic: 'a' });
      },
    };
    const result = await run([leaving]);
    expect(result.cases[0]?.error?.message).toContain('one thing is left');
  });

  it('keeps the level of a failure', async () => {
    const recommending: ConformanceCase = {
      ...passing,
      name: 'recommends',
      run: () => Promise.reject(new CaseError('should', 'better not')),
    };
    const result = await run([recommending]);
    expect(result.cases[0]?.error).toEqual({ level: 'should', message: 'better not' });
  });

  it('leaves out the cases of other ways, and tells how far it is', async () => {
    const seen: string[] = [];
    const { cases } = await runConformance({
      client: sessionUnderTest(),
      way: memoryWay(),
      cases: [
        passing,
        { ...passing, name: 'only over TCP', ways: ['tcp'] },
        { ...passing, name: 'in memory', ways: ['memory'] },
      ],
      onProgress: (result, { doneCount, totalCount }) => seen.push(`${result.case} ${doneCount}/${totalCount}`),
    });
    expect(cases.map((one) => one.case)).toEqual(['connects', 'in memory']);
    expect(seen).toEqual(['connects 1/2', 'in memory 2/2']);
  });
});
