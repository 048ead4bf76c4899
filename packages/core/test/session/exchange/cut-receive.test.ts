import { describe, expect, it } from 'vitest';
import { DisconnectedError, type Session } from '@minimq/core';
import type { CutAfterOptions, DirectionName } from '@minimq/testkit';
import { ANSWERS, Bench, hex, SESSION_PRESENT, toHex, type Peer } from '../support.ts';
import { BREAKS, cutIn, DIRECTIONS } from './cuts.ts';

// One received message, and the connection lost at every byte of its exchange: sections 4.3 and 4.4.

const PUBLISH = '08  00 01 74  00 0a  00  68 69';
const PUBREL = '62 02  00 0a';

/** A broker as far as one message to the client goes: what it still owes. */
class Sender {
  state: 'publish' | 'release' | 'done' = 'publish';
  readonly #qos: 1 | 2;
  #sent = false;
  #resumed = false;

  constructor(qos: 1 | 2) {
    this.#qos = qos;
  }

  /** A connection has begun. */
  attach(peer: Peer): void {
    this.#resumed = this.#sent;
    if (this.state === 'release') peer.send(PUBREL);
    if (this.state === 'publish') peer.send(`3${((this.#sent ? 8 : 0) + 2 * this.#qos).toString(16)} ${PUBLISH}`);
    this.#sent = true;
  }

  readonly answer = (packet: string): string | undefined => {
    if (packet === toHex(hex('40 02  00 0a')) && this.#qos === 1) this.state = 'done';
    else if (packet === toHex(hex('50 02  00 0a')) && this.#qos === 2 && this.state !== 'done') {
      this.state = 'release';
      return PUBREL;
    } else if (packet === toHex(hex('70 02  00 0a')) && this.state === 'release') this.state = 'done';
    // The client had finished before the connection was lost.
    else if (packet === toHex(hex('70 03  00 0a 92')) && this.state === 'release' && this.#resumed) this.state = 'done';
    else throw new Error(`the broker was sent ${packet}`);
    return undefined;
  };
}

// How an application receives until its connection is gone.
interface Application {
  readonly name: string;
  readonly manualAck: boolean;
  receive(session: Session, texts: string[], acks: boolean[]): Promise<void>;
}

const APPLICATIONS: readonly Application[] = [
  {
    name: 'recv()',
    manualAck: false,
    receive: (session, texts) => untilGone(async () => void texts.push((await session.recv()).text())),
  },
  {
    name: 'poll()',
    manualAck: false,
    receive: (session, texts) => untilGone(async () => texts.push(...((await session.poll())?.text().split(',') ?? []))),
  },
  {
    name: 'messages()',
    manualAck: false,
    async receive(session, texts) {
      for await (const message of session.messages()) texts.push(message.text());
    },
  },
  {
    name: 'recv() with manualAck',
    manualAck: true,
    receive: (session, texts, acks) =>
      untilGone(async () => {
        const message = await session.recv();
        texts.push(message.text());
        acks.push(message.ack());
      }),
  },
];

async function untilGone(step: () => Promise<unknown>): Promise<void> {
  try {
    for (;;) await step();
  } catch (error) {
    if (!(error instanceof DisconnectedError)) throw error;
  }
}

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
  { manualAck, receive }: Application,
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
  const receiving = receive(session, texts, acks);
  cutIn(first.link, direction, bytes, options);
  sender.attach(first.peer);
  expect(await time.until(first.event.closed), where).toMatchObject({ by: 'transport' });
  await time.until(receiving);
  expect(texts.length, where).toBeLessThanOrEqual(1);
  const stateBefore = sender.state;
  const handedBefore = texts.length;

  const second = await bench.connect(SESSION_PRESENT);
  const receivingAgain = receive(session, texts, acks);
  sender.attach(second.peer);
  await time.settle();
  expect(sender.state, where).toBe('done');
  // Nothing is lost; of QoS 1 it comes twice only where its PUBACK did not arrive, of QoS 2 only where ack() came too late.
  const mayRepeat = qos === 1 ? stateBefore === 'publish' : manualAck && acks[0] === false;
  const repeats = mayRepeat ? handedBefore : 0;
  expect(texts, where).toEqual(Array.from({ length: 1 + repeats }, () => 'hi'));
  await bench.expectIdle();
  await time.until(receivingAgain);
}
