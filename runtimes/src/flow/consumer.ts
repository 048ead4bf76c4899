import { Buffers, DisconnectedError, Session, type Io } from '@minimq/core';
import type { Task } from '../tasks/task.ts';
import { Control } from './control.ts';
import { MESSAGE_COUNT, wrongBytesOf } from './plan.ts';

/** Far more than any wait takes. */
const WAIT_MS = 20_000;

export interface ConsumerReport {
  readonly inboundFlowControl: 'none' | 'yes';
  /** What the server had sent when it could send no more: all that can be in memory, or in the sockets. */
  readonly sentBytes: number;
  /** Messages that were received, whole and in order. */
  readonly receivedCount: number;
  /** Why not all of them were: the error that the transport has ended the connection with. */
  readonly loss: string | undefined;
}

/**
 * Receives nothing from a server that sends without a pause, until that stands still, or is gone; then receives what there
 * is.
 */
export async function consume({ clientId, controlUrl }: Task, open: () => Promise<Io>): Promise<ConsumerReport> {
  const session = new Session({
    buffers: Buffers.allocate({ rx: 64 * 1024, tx: 8 * 1024 }),
    clientId,
    keepAlive: 0,
  });
  const io = await open();
  await session.connect(io);
  const control = new Control(controlUrl);
  // Where the server cannot be held back, the transport gives up at its cap.
  const sentBytes =
    io.inboundFlowControl === 'none'
      ? (await control.over()).sentBytes
      : await control.untilStill((progress) => progress.sentBytes);
  let receivedCount = 0;
  let loss: string | undefined;
  try {
    for (; receivedCount < MESSAGE_COUNT; receivedCount += 1) {
      const message = await session.recv({ timeoutMs: WAIT_MS });
      const wrongCount = wrongBytesOf(receivedCount, message.payload);
      if (wrongCount > 0) throw new Error(`Message ${receivedCount} has ${wrongCount} wrong bytes`);
    }
    await session.disconnect();
  } catch (error) {
    if (!(error instanceof DisconnectedError) || error.by !== 'transport') throw error;
    loss = reasonsOf(error);
  }
  return { inboundFlowControl: io.inboundFlowControl ?? 'yes', sentBytes, receivedCount, loss };
}

function reasonsOf(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${reasonsOf(error.cause)}` : error.message;
}
