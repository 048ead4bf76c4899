import { it } from 'vitest';
import { allCases, memoryWay, runConformance } from '@minimq/testkit/conformance';
import { engineFaults } from './faults/index.ts';
import { sessionWith } from './faulty-session.ts';
it('x', async () => {
  const fault = engineFaults.find(({ what }) => what.startsWith('sends acknowledgements behind'))!;
  const cases = allCases.filter(({ name }) => name.startsWith('nothing follows a DISCONNECT that'));
  const wrapped = cases.map((one) => ({ ...one, async run(bench: any) {
    try { await one.run(bench); } finally {
      for (const e of bench.broker.transcript.entries) console.log(JSON.stringify({...e, bytes: undefined, packet: undefined}), e.direction ?? '', e.packet?.type ?? e.label ?? '', e.bytes?.length ?? '');
    }
  }}));
  const r = await runConformance({ client: await sessionWith(fault), way: memoryWay(), cases: wrapped as any });
  console.log(JSON.stringify(r.cases.map((c: any) => [c.case, c.outcome, c.error?.message])));
});
