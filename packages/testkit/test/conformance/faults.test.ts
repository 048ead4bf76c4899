import { describe, expect, it } from 'vitest';
import {
  allCases,
  memoryWay,
  runConformance,
  sessionUnderTest,
  type ClientUnderTest,
} from '@minimq/testkit/conformance';
import { faults, type Fault } from './faults/faults.ts';
import { FaultyIo } from './faults/faulty-io.ts';
import { notPassed } from './not-passed.ts';

// A suite that nothing fails proves nothing: our session, with something wrong between it and the broker.

const session = sessionUnderTest();

function sessionWith({ sent, received }: Fault): ClientUnderTest {
  return {
    ...session,
    create(context) {
      const open = context.open!;
      const changes = () => ({ ...(sent && { sent: sent() }), ...(received && { received: received() }) });
      return session.create({ ...context, open: () => new FaultyIo(open(), changes()) });
    },
  };
}

describe('a client with a fault', () => {
  it.each(faults)('$what: the suite says so', async (fault) => {
    const cases = allCases.filter(
      ({ statements, isHeavy }) => isHeavy !== true && statements.some((id) => fault.breaks.includes(id)),
    );
    const { statements } = await runConformance({ client: sessionWith(fault), way: memoryWay(), cases });
    const failed = statements.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);
    expect(failed).toEqual(expect.arrayContaining([...fault.breaks]));
  });

  it('is only found where there is one', async () => {
    const cases = allCases.filter(({ isHeavy, ways }) => isHeavy !== true && ways === undefined);
    const result = await runConformance({ client: sessionWith({ what: 'none', breaks: [] }), way: memoryWay(), cases });
    expect(notPassed(result)).toEqual([]);
  });

  it('is one of many', () => {
    expect(faults.length).toBeGreaterThanOrEqual(30);
    expect(new Set(faults.map(({ what }) => what)).size).toBe(faults.length);
  });
});
