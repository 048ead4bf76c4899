import { testCertificates } from '@minimq/testkit/certificates';
import type { BrokerUnderWatch } from '../broker/broker-under-watch.ts';
import { errorText } from '../report/error-text.ts';
import type { Row } from '../report/row.ts';
import type { Transport } from '../scenario/request.ts';
import { requestOf } from './request-of.ts';
import type { Runtime } from './run.ts';
import { throughOf } from './through.ts';

/** Has a runtime that trusts another authority connect: it has to refuse the server before it sends a byte of MQTT. */
export async function judgeRefusal(runtime: Runtime, transport: Transport, broker: BrokerUnderWatch): Promise<Row> {
  const watch = broker.watch(transport);
  const startedMs = performance.now();
  const problems: string[] = [];
  try {
    await runtime.scenario(requestOf(runtime, transport, broker, testCertificates().otherCa.cert));
    problems.push('a server that it should not trust was trusted');
  } catch (error) {
    // Anything else is no refusal, but something that is missing or broken.
    if (!errorText(error).includes('TransportError')) problems.push(errorText(error));
  }
  if (watch.hasSeenPackets) problems.push('MQTT was spoken to a server that it should not trust');
  return {
    runtime: runtime.name,
    version: '',
    transport,
    through: throughOf(transport, runtime.webSocket),
    result: 'refuses a server of an unknown authority',
    timeMs: performance.now() - startedMs,
    problems,
  };
}
