import { describe, expect, it } from 'vitest';
import type { CutAfterOptions, DirectionName } from '@minimq/testkit';
import { ANSWERS, Bench, hex, SESSION_PRESENT, toHex } from '../support.ts';
import { BREAKS, cutIn, DIRECTIONS } from './cuts.ts';
import { PUBLISHED, Receiver, RELEASED } from './model-broker.ts';

// One publish, and the connection lost at every byte of its exchange: sections 4.3 and 4.4.

// Bytes of the whole exchange, by QoS and direction.
const LENGTHS = { 1: { toServer: 10, toClient: 4 }, 2: { toServer: 14, toClient: 8 } } as const;

describe.each(ANSWERS)('a link that answers %s', (answers) => {
  describe.each([1, 2] as const)('a publish of QoS %s', (qos) => {
    for (const direction of DIRECTIONS) {
      for (const { name, options } of BREAKS) {
        it(`survives a cut at every byte ${direction}, ${name}`, async () => {
          for (let bytes = 0; bytes <= LENGTHS[qos][direction]; bytes++) {
            await survivesCut(new Bench({}, answers), qos, direction, bytes, options);
          }
        });
      }
    }
  });
});

async function survivesCut(
  bench: Bench,
  qos: 1 | 2,
  direction: DirectionName,
  bytes: number,
  options: CutAfterOptions,
): Promise<void> {
  const { session, time } = bench;
  const receiver = new Receiver();
  const where = `cut after ${bytes} bytes`;

  bench.answer = receiver.answer;
  const first = await bench.connect();
  const toClient = first.link.toClient.readBytes;
  const op = session.tryPublish({ topic: 't', payload: 'hi', qos })!;
  const across = op.completion({ acrossConnections: true });
  const here = op.completion().then(
    () => 'complete',
    (error: unknown) => error,
  );
  cutIn(first.link, direction, bytes, options);
  const gone = await time.until(first.event.closed);
  await time.settle();
  expect(gone, where).toMatchObject({ code: 'disconnected', by: 'transport' });
  // [MQTT-4.3.2-4] and [MQTT-4.3.3-6]: the answer that arrived counts, and nothing else.
  const answered = first.link.toClient.readBytes - toClient;
  const isComplete = answered >= LENGTHS[qos].toClient;
  expect(op.state, where).toBe(isComplete ? 'complete' : 'pending');
  expect(await here, where).toBe(isComplete ? 'complete' : gone);
  expect(session.pending, where).toEqual(isComplete ? [] : [op]);
  const passedOnBefore = receiver.passedOn;

  const second = await bench.connect(SESSION_PRESENT);
  expect(second.event.kind).toBe('reconnected');
  await time.settle();
  // [MQTT-4.4.0-1]: again, with the identifier it had; [MQTT-4.3.3-7]: not the PUBLISH where PUBREC came.
  const resent = [`${qos === 1 ? '3a' : '3c'} ${PUBLISHED}`, ...(qos === 1 ? [] : [RELEASED])];
  const left = isComplete ? [] : qos === 2 && answered >= 4 ? [RELEASED] : resent;
  expect(second.peer.take(), where).toEqual(left.map((packet) => toHex(hex(packet))));
  await time.until(across);
  expect(op.state, where).toBe('complete');
  expect(receiver.passedOn, where).toBe(qos === 2 || isComplete ? 1 : passedOnBefore + 1);
  await bench.expectIdle();
}
