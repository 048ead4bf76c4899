import { describe, expect, it } from 'vitest';
import {
  allCases,
  EXTRA_FEATURES,
  memoryWay,
  neededFeatures,
  runConformance,
  sessionUnderTest,
  type ClientUnderTest,
  type ConformanceResult,
} from '@minimq/testkit/conformance';
import { explainingClient } from './explaining-client.ts';

// Our session explains no acknowledgement and no AUTH: what the cases about that are worth, a client shows that does.

const isExtra = (features: readonly string[]): boolean => EXTRA_FEATURES.some((feature) => features.includes(feature));
const extraCases = allCases.filter((one) => isExtra(neededFeatures(one)));
const ids = [...new Set(extraCases.flatMap(({ statements }) => statements))];

const REASON_STRINGS = ['MQTT-3.4.2-2', 'MQTT-3.5.2-2', 'MQTT-3.15.2-2'] as const;
const USER_PROPERTIES = ['MQTT-3.4.2-3', 'MQTT-3.5.2-3', 'MQTT-3.15.2-3'] as const;

const judge = (client: ClientUnderTest, cases = extraCases): Promise<ConformanceResult> =>
  runConformance({ client, way: memoryWay(), cases });

const failedIn = ({ statements }: ConformanceResult): readonly string[] =>
  statements.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);

describe('a client that explains what it says', () => {
  it('passes where it leaves out what does not fit', async () => {
    const { cases } = await judge(explainingClient('nothing'));
    expect(cases.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(cases).toHaveLength(9);
  });

  it('fails by its Reason String', async () => {
    expect([...failedIn(await judge(explainingClient('reasonString')))].sort()).toEqual([...REASON_STRINGS].sort());
  });

  it('fails by its User Property', async () => {
    expect([...failedIn(await judge(explainingClient('userProperties')))].sort()).toEqual([...USER_PROPERTIES].sort());
  });
});

describe('a client that has no way to explain', () => {
  it('keeps the statements by what it does send, and the cases say what it lacks', async () => {
    const about = allCases.filter(({ statements }) => statements.some((id) => ids.includes(id)));
    const { cases, statements } = await judge(sessionUnderTest(), about);
    const lacking = cases.filter(({ outcome }) => outcome === 'not-supported');
    expect(lacking.map((one) => one.case)).toEqual(extraCases.map(({ name }) => name));
    const judged = statements.filter(({ id }) => ids.includes(id));
    expect(judged.map(({ outcome }) => outcome)).toEqual(ids.map(() => 'passed'));
  });

  it('is not said to keep them where nothing else was run', async () => {
    const { statements } = await judge(sessionUnderTest());
    const judged = statements.filter(({ id }) => ids.includes(id));
    expect(judged.map(({ outcome }) => outcome)).toEqual(ids.map(() => 'not-supported'));
  });
});
