import { testCertificates } from '@minimq/testkit/certificates';
import type { BrokerUnderWatch } from '../broker/broker-under-watch.ts';
import { errorText } from '../report/error-text.ts';
import type { Row } from '../report/row.ts';
import type { Transport } from '../scenario/request.ts';
import { requestOf } from './request-of.ts';
import type { Ran, Runtime } from './run.ts';
import { throughOf, webSocketOf } from './through.ts';

/** Runs the scenario once, and judges it from both sides: what the program says, and what the broker has seen. */
export async function judge(runtime: Runtime, transport: Transport, broker: BrokerUnderWatch): Promise<Row> {
  const { name, webSocket } = runtime;
  const through = throughOf(transport, webSocket);
  const watch = broker.watch(transport);
  const startedMs = performance.now();
  let ran: Ran | undefined;
  const problems: string[] = [];
  try {
    ran = await runtime.scenario(requestOf(runtime, transport, broker, testCertificates().ca.cert));
    const used = throughOf(transport, webSocketOf(ran));
    if (used !== through) problems.push(`it went through ${used}, not through ${through}`);
    problems.push(...watch.problems());
  } catch (error) {
    problems.push(errorText(error));
  }
  return {
    runtime: name,
    version: ran?.version ?? '?',
    transport,
    through: ran !== undefined && through === webSocket ? `${through} (dist/${ran.webSocketEntry})` : through,
    result: ran === undefined ? '' : resultOf(ran),
    timeMs: performance.now() - startedMs,
    problems,
  };
}

function resultOf({ report: { events, repeatedCount } }: Ran): string {
  const resumedCount = events.filter((kind) => kind === 'reconnected').length;
  return `resumed ${resumedCount} times, ${repeatedCount} repeats of QoS 1`;
}
