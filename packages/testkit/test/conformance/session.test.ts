import { describe, expect, it } from 'vitest';
import { allCases, memoryWay, runConformance, sessionUnderTest, tcpWay } from '@minimq/testkit/conformance';
import { connectTcp } from '@minimq/transport-node';

const client = sessionUnderTest({
  open(url) {
    const { hostname, port } = new URL(url);
    return connectTcp({ host: hostname, port: Number(port) });
  },
});

/** Cases that are for these ways; over bytes that come one by one, the long ones say nothing new. */
const cases = allCases.filter(({ ways }) => ways === undefined);
const light = cases.filter(({ isHeavy }) => isHeavy !== true);

describe.each([
  { name: 'links in memory', way: memoryWay(), cases },
  { name: 'links in memory that pass one byte at a time', way: memoryWay({ readMaxBytes: 1 }), cases: light },
  { name: 'TCP', way: tcpWay(), cases },
])('our session over $name', ({ way, cases: chosen }) => {
  it('passes every case', async () => {
    const result = await runConformance({ client, way, cases: chosen });
    const failed = result.cases.filter(({ outcome }) => outcome !== 'passed');
    expect(failed.map((one) => `${one.case}: ${one.error?.message ?? String(one.missing)}`)).toEqual([]);
    expect(result.cases).toHaveLength(chosen.length);
  });
});
