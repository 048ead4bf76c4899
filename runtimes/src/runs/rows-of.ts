import type { Row } from '../report/row.ts';
import { judge } from './judge.ts';
import { judgeClose } from './judge-close.ts';
import { judgeConformance } from './judge-conformance.ts';
import { judgeFault } from './judge-fault.ts';
import { judgeConsumer, judgePublisher } from './judge-flow.ts';
import { judgeTests } from './judge-tests.ts';
import type { Runtime } from './run.ts';
import type { Servers } from './servers.ts';

/** Every check, one after the other. */
export async function rowsOf(runtimes: readonly Runtime[], servers: Servers): Promise<readonly Row[]> {
  const { broker, flow, faulty, faults } = servers;
  const rows: Row[] = [];
  for (const runtime of runtimes) {
    for (const transport of runtime.transports) rows.push(await judge(runtime, transport, broker));
  }
  for (const runtime of runtimes) {
    for (const transport of runtime.transports) {
      rows.push(await judgePublisher(runtime, transport, flow));
      rows.push(await judgeConsumer(runtime, transport, flow));
    }
  }
  // At the same time: most of what they do is to wait.
  const tested = runtimes.flatMap(({ name, testCommand }) => (testCommand === undefined ? [] : { name, testCommand }));
  rows.push(...(await Promise.all(tested.map(({ name, testCommand }) => judgeTests(name, testCommand)))));
  // In Node, those tests are about what follows.
  for (const runtime of runtimes.filter(({ platform }) => platform !== 'node')) {
    for (const transport of runtime.transports) rows.push(await judgeClose(runtime, transport, flow));
    for (const fault of faults) {
      if (runtime.transports.includes(fault.transport)) rows.push(await judgeFault(runtime, fault, faulty));
    }
  }
  for (const runtime of runtimes) {
    if (runtime.conformance !== undefined) rows.push(await judgeConformance(runtime, runtime.conformance));
  }
  return rows;
}
