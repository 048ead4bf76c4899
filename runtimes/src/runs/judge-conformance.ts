import type { ConformanceReport, ConformanceRequest } from '../conformance/request.ts';
import { PeerServer } from '../peer/peer-server.ts';
import type { Row } from '../report/row.ts';
import { rowOf } from './row-of.ts';
import type { Runtime } from './run.ts';
import { columnsOf } from './through.ts';

/** Runs the Io conformance suite over WebSocket once. */
export function judgeConformance(
  runtime: Runtime,
  run: (request: ConformanceRequest) => Promise<ConformanceReport>,
): Promise<Row> {
  return rowOf(columnsOf(runtime, 'ws'), async () => {
    const server = await PeerServer.start();
    try {
      const { passedCount, failures } = await run({ url: server.url, webSocket: runtime.webSocket });
      return {
        result: `ioConformance, ${passedCount} cases`,
        problems: passedCount === 0 ? [...failures, 'no case has passed'] : failures,
      };
    } finally {
      await server.close();
    }
  });
}
