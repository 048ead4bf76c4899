// Runs the scenario in every runtime over every transport that it has, sees that each refuses a server that it does not
// trust, and runs the Io conformance suite over WebSockets of platforms; prints a table, and exits with 1 where anything
// failed or is missing.
// Usage: node dist/main.js [NAME...]   only the runtimes whose names begin so
import { testCertificates } from '@minimq/testkit/certificates';
import { AllRuntimes } from './all-runtimes.ts';
import { BrokerUnderWatch } from './broker/broker-under-watch.ts';
import type { Row } from './report/row.ts';
import { table } from './report/table.ts';
import { judge } from './runs/judge.ts';
import { judgeConformance } from './runs/judge-conformance.ts';
import { judgeRefusal } from './runs/judge-refusal.ts';
import type { Runtime } from './runs/run.ts';

const names = process.argv.slice(2);
const askedFor = ({ list }: AllRuntimes): readonly Runtime[] =>
  list.filter((runtime) => names.length === 0 || names.some((name) => runtime.name.startsWith(name)));

const { ca, server, otherCa, otherServer } = testCertificates();
const broker = await BrokerUnderWatch.start();
const trusting = new AllRuntimes(ca, server);
const distrusting = new AllRuntimes(otherCa, otherServer);

const rows: Row[] = [];
try {
  for (const runtime of askedFor(trusting)) {
    for (const transport of runtime.transports) rows.push(await judge(runtime, transport, broker));
  }
  for (const runtime of askedFor(distrusting)) {
    for (const transport of runtime.transports) {
      if (transport === 'tls' || transport === 'wss') rows.push(await judgeRefusal(runtime, transport, broker));
    }
  }
  for (const { name, webSocket, conformance } of askedFor(trusting)) {
    if (conformance !== undefined) rows.push(await judgeConformance(name, webSocket, conformance));
  }
} finally {
  await trusting.close();
  await distrusting.close();
  await broker.close();
}

console.log(table(rows));
const failedCount = rows.filter(({ problems }) => problems.length > 0).length;
console.log(`\n${rows.length - failedCount} passed, ${failedCount} failed`);
if (failedCount > 0 || rows.length === 0) process.exitCode = 1;
