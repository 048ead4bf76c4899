import { describe, expect, it } from 'vitest';
import type { CutAfterOptions, DirectionName } from '@minimq/testkit';
import { ANSWERS, Bench, SESSION_PRESENT } from '../support.ts';
import { APPLICATIONS, type Application } from './applications.ts';
import { BREAKS, cutIn, DIRECTIONS } from './cuts.ts';
import { Sender } from './model-broker.ts';

// One received message, and the connection lost at every byte of its exchange: sections 4.3 and 4.4.

// Bytes of the whole exchange, by QoS and direction.
const LENGTHS = { 1: { toServer: 4, toClient: 10 }, 2: { toServer: 8, toClient: 14 } } as const;

describe.each(ANSWERS)('a link that answers %s', (answers) => {
  for (const application of APPLICATIONS) {
    describe.each([1, 2] as const)(`a message of QoS %s, received with ${application.name}`, (qos) => {
      for (const direction of DIRECTIONS) {
        for (const { name, options } of BREAKS) {
          it(`survives a cut at every byte ${direction}, ${name}`, async () => {
            for (let bytes = 0; bytes <= LENGTHS[qos][direction]; bytes++) {
              const bench = new Bench({ manualAck: application.manualAck }, answers);
              await survivesCut(bench, application, qos, direction, bytes, options);
            }
          });
        }
      }
    });
  }
});

async function survivesCut(
  bench: Bench,
  application: Application,
  qos: 1 | 2,
  direction: DirectionName,
  bytes: number,
  options: CutAfterOptions,
): Promise<void> {
  const { session, time } = bench;
  const sender = new Sender(qos);
  const where = `cut after ${bytes} bytes`;
  const texts: string[] = [];
  const acks: boolean[] = [];
  bench.answer = sender.answer;

  const first = await bench.connect();
  const receiving = application.receive(session, texts, acks);
  cutIn(first.link, direction, bytes, options);
  sender.attach(first.peer);
  expect(await time.until(first.event.closed), where).toMatchObject({ by: 'transport' });
  await time.until(receiving);
  expect(texts.length, where).toBeLessThanOrEqual(1);
  const stateBefore = sender.state;
  const handedBefore = texts.length;

  const second = await bench.connect(SESSION_PRESENT);
  const receivingAgain = application.receive(session, texts, acks);
  sender.attach(second.peer);
  await time.settle();
  expect(sender.state, where).toBe('done');
  // Nothing is lost; of QoS 1 it comes twice only where its PUBACK did not arrive, of QoS 2 only where ack() came too late.
  const mayRepeat = qos === 1 ? stateBefore === 'publish' : application.manualAck && acks[0] === false;
  const repeats = mayRepeat ? handedBefore : 0;
  expect(texts, where).toEqual(Array.from({ length: 1 + repeats }, () => 'hi'));
  await bench.expectIdle();
  await time.until(receivingAgain);
}
