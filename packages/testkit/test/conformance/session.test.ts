import { describe, expect, it } from 'vitest';
import { openIo } from '@minimq/open-io';
import { testCertificates } from '@minimq/testkit/certificates';
import {
  allCases,
  memoryWay,
  runConformance,
  sessionUnderTest,
  tcpWay,
  tlsWay,
  webSocketWay,
  type ConformanceCase,
  type Way,
} from '@minimq/testkit/conformance';
import { notPassed } from './not-passed.ts';

const { ca } = testCertificates();
const trust = { ca: ca.cert };
const client = sessionUnderTest({ open: (url) => openIo(url, { tls: trust, ws: url.startsWith('wss') ? trust : {} }) });

/** How many of each kind are enough where another way has been through all. */
const SAMPLE_EVERY = 5;

const isLight = ({ isHeavy }: ConformanceCase): boolean => isHeavy !== true;
/** Cases that are for this way alone, and some of the others. */
const sample = ({ ways }: ConformanceCase, place: number): boolean => ways !== undefined || place % SAMPLE_EVERY === 0;

const runs: readonly { readonly name: string; readonly way: Way; readonly cases: readonly ConformanceCase[] }[] = [
  { name: 'links in memory', way: memoryWay(), cases: allCases },
  {
    name: 'links in memory that pass one byte at a time',
    way: memoryWay({ readMaxBytes: 1 }),
    cases: allCases.filter(isLight),
  },
  { name: 'TCP', way: tcpWay(), cases: allCases },
  { name: 'TLS', way: tlsWay(), cases: allCases.filter(isLight).filter(sample) },
  { name: 'WebSocket', way: webSocketWay(), cases: allCases.filter(isLight).filter(sample) },
  { name: 'WebSocket over TLS', way: webSocketWay({ tls: {} }), cases: allCases.filter(isLight).filter(sample) },
];

describe.each(runs)('our session over $name', ({ way, cases }) => {
  it('passes every case', async () => {
    const result = await runConformance({ client, way, cases });
    expect(notPassed(result)).toEqual([]);
    expect(result.cases).toHaveLength(cases.filter(({ ways = [way.name] }) => ways.includes(way.name)).length);
  });
});
