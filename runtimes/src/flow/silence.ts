import type { Io } from '@minimq/core';
import type { Task } from '../tasks/task.ts';
import { Control } from './control.ts';
import { IN_TRANSIT_MAX_BYTES } from './plan.ts';

const WRITE_BYTES = 65_536;

export interface CloseReport {
  readonly inboundFlowControl: 'none' | 'yes';
  /** Until `close()` had settled, and where the connection has to go, until it had gone. */
  readonly closeMs: number;
}

/** Closes a stream that the platform cannot drop; the program can end once the connection breaks off. */
export async function leaveSilence(task: Task, open: () => Promise<Io>): Promise<CloseReport> {
  const report = await closeIntoSilence(task, open);
  await new Control(task.controlUrl).cut();
  return report;
}

/** Closes a stream that the platform can drop; the connection has to go while the program is still there. */
export async function dropSilence(task: Task, open: () => Promise<Io>): Promise<CloseReport> {
  const report = await closeIntoSilence(task, open);
  const startedMs = performance.now();
  await new Control(task.controlUrl).gone();
  return { ...report, closeMs: report.closeMs + performance.now() - startedMs };
}

/** Writes to a server that does not read, until nothing more can be written, and closes the stream. */
async function closeIntoSilence({ controlUrl }: Task, open: () => Promise<Io>): Promise<CloseReport> {
  const io = await open();
  const bytes = new Uint8Array(WRITE_BYTES);
  let writtenBytes = 0;
  const writing = (async () => {
    while (writtenBytes <= IN_TRANSIT_MAX_BYTES) writtenBytes += await io.write(bytes);
  })();
  // The write that waits is rejected by the close.
  const hasTakenAll = writing.then(
    () => true,
    () => false,
  );
  await new Control(controlUrl).untilStill(() => writtenBytes);
  const startedMs = performance.now();
  await io.close();
  const closeMs = performance.now() - startedMs;
  if (await hasTakenAll) throw new Error(`${writtenBytes} bytes were written, though the server does not read`);
  return { inboundFlowControl: io.inboundFlowControl ?? 'yes', closeMs };
}
