import type { FlowServer } from '../flow-server/flow-server.ts';
import type { Row } from '../report/row.ts';
import type { Transport } from '../tasks/target.ts';
import { rowOf } from './row-of.ts';
import type { Runtime } from './run.ts';
import { taskOf } from './task-of.ts';
import { columnsOf } from './through.ts';

/** The default of `closeTimeoutMs` is 1,000 ms; the rest is for slow machines. */
const CLOSE_MAX_MS = 5_000;

/**
 * A server that no longer reads must not keep `close()` waiting. Where the platform can drop a connection, it has to be
 * gone then; elsewhere the program has to end as soon as the connection breaks off.
 */
export function judgeClose(runtime: Runtime, transport: Transport, server: FlowServer): Promise<Row> {
  return rowOf(columnsOf(runtime, transport), async () => {
    const name = canDrop(runtime, transport) ? 'drop' : 'leave';
    server.begin('deaf peer');
    const { report } = await runtime.perform(taskOf(name, runtime, server.place(transport)));
    const ms = report.closeMs.toFixed(0);
    return {
      result: `${name}s a server that no longer reads in ${ms} ms`,
      problems: report.closeMs > CLOSE_MAX_MS ? [`it took ${ms} ms`] : [],
    };
  });
}

/** Browsers and Deno have no way to drop a WebSocket; Bun takes some twelve seconds over a TLS connection. */
function canDrop({ platform }: Runtime, transport: Transport): boolean {
  if (transport === 'tcp') return true;
  return transport === 'tls' ? platform !== 'bun' : platform === 'bun';
}
