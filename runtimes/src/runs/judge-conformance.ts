import type { ConformanceReport, ConformanceRequest } from '../conformance/request.ts';
import { PeerServer } from '../peer/peer-server.ts';
import { errorText } from '../report/error-text.ts';
import type { Row } from '../report/row.ts';
import type { WebSocketKind } from './through.ts';

/** Runs the Io conformance suite over WebSocket once. */
export async function judgeConformance(
  name: string,
  webSocket: WebSocketKind,
  run: (request: ConformanceRequest) => Promise<ConformanceReport>,
): Promise<Row> {
  const server = await PeerServer.start();
  const startedMs = performance.now();
  let passedCount = 0;
  const problems: string[] = [];
  try {
    const report = await run({ url: server.url, webSocket });
    passedCount = report.passedCount;
    problems.push(...report.failures);
    if (passedCount === 0) problems.push('no case has passed');
  } catch (error) {
    problems.push(errorText(error));
  } finally {
    await server.close();
  }
  return {
    runtime: name,
    version: '',
    transport: 'ws',
    through: webSocket,
    result: `ioConformance, ${passedCount} cases`,
    timeMs: performance.now() - startedMs,
    problems,
  };
}
