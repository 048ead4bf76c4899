import { Buffers, Session, type Io } from '@minimq/core';
import type { Task } from '../tasks/task.ts';
import { Control } from './control.ts';
import { MESSAGE_COUNT, PAYLOAD_BYTES, payloadOf, TOPIC } from './plan.ts';

/** Far more than any wait takes. */
const WAIT_MS = 60_000;

export interface PublisherReport {
  readonly inboundFlowControl: 'none' | 'yes';
  /** What had been accepted when the session took no more: all that can be in memory, or in the sockets. */
  readonly acceptedBytes: number;
}

/** Publishes to a server that does not read, until the session takes no more; then the server reads on. */
export async function publish({ clientId, controlUrl }: Task, open: () => Promise<Io>): Promise<PublisherReport> {
  const control = new Control(controlUrl);
  const session = new Session({
    buffers: Buffers.allocate({ rx: 8 * 1024, tx: 64 * 1024 }),
    clientId,
    keepAlive: 0,
  });
  const io = await open();
  await session.connect(io);
  let acceptedCount = 0;
  const publishing = (async () => {
    for (; acceptedCount < MESSAGE_COUNT; acceptedCount += 1) {
      await session.publish({ topic: TOPIC, payload: payloadOf(acceptedCount) }, { timeoutMs: WAIT_MS });
    }
  })();
  publishing.catch(() => {}); // It is awaited below.
  const stoppedCount = await control.untilStill(() => acceptedCount);
  await control.readOn();
  await publishing;
  await session.disconnect({ timeoutMs: WAIT_MS });
  return { inboundFlowControl: io.inboundFlowControl ?? 'yes', acceptedBytes: stoppedCount * PAYLOAD_BYTES };
}
