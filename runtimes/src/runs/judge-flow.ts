import type { FlowServer } from '../flow-server/flow-server.ts';
import { IN_TRANSIT_MAX_BYTES, MESSAGE_COUNT, PAYLOAD_BYTES } from '../flow/plan.ts';
import type { ConsumerReport } from '../flow/consumer.ts';
import type { Row } from '../report/row.ts';
import type { Transport } from '../tasks/target.ts';
import { rowOf, type Outcome } from './row-of.ts';
import type { Runtime } from './run.ts';
import { taskOf } from './task-of.ts';
import { columnsOf } from './through.ts';

const MEBIBYTE = 1_048_576;
/** What is held for a session of these tests in a runtime without flow control, by default, and what it has room for. */
const HELD_MIN_BYTES = 3 * MEBIBYTE;
const HELD_MAX_BYTES = 5 * MEBIBYTE;

/** A server that stops reading has to stop the publisher, and to get everything when it reads on. */
export function judgePublisher(runtime: Runtime, transport: Transport, server: FlowServer): Promise<Row> {
  return rowOf(columnsOf(runtime, transport), async () => {
    const run = server.begin('deaf broker');
    const { report } = await runtime.perform(taskOf('publisher', runtime, server.place(transport)));
    await run.isOver;
    return {
      result: `a server that stops reading stops it after ${inMebibytes(report.acceptedBytes)}`,
      problems: [...boundOf(report.acceptedBytes), ...run.problems()],
    };
  });
}

/** A consumer that stops reading has to stop the server, or to lose it with an error that says why. */
export function judgeConsumer(runtime: Runtime, transport: Transport, server: FlowServer): Promise<Row> {
  return rowOf(columnsOf(runtime, transport), async () => {
    server.begin('pouring broker');
    const { report } = await runtime.perform(taskOf('consumer', runtime, server.place(transport)));
    return report.inboundFlowControl === 'none' ? outcomeOfCap(report) : outcomeOfStop(report);
  });
}

function outcomeOfStop({ sentBytes, receivedCount, loss }: ConsumerReport): Outcome {
  const problems = [...boundOf(sentBytes)];
  if (receivedCount !== MESSAGE_COUNT)
    problems.push(`only ${receivedCount} of ${MESSAGE_COUNT} messages came: ${loss}`);
  return { result: `stops a server after ${inMebibytes(sentBytes)} by not receiving`, problems };
}

function outcomeOfCap({ receivedCount, loss }: ConsumerReport): Outcome {
  const problems: string[] = [];
  const receivedBytes = receivedCount * PAYLOAD_BYTES;
  if (loss?.includes('inboundBytesMax') !== true) problems.push(`no error names the cap, but this one came: ${loss}`);
  if (receivedBytes < HELD_MIN_BYTES || receivedBytes > HELD_MAX_BYTES) {
    problems.push(`${inMebibytes(receivedBytes)} had been held`);
  }
  return { result: `cannot stop a server: after ${inMebibytes(receivedBytes)} an error that says so`, problems };
}

function boundOf(bytes: number): readonly string[] {
  return bytes <= IN_TRANSIT_MAX_BYTES ? [] : [`${inMebibytes(bytes)} were on the way`];
}

function inMebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}
