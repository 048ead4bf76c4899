import { attempt, notConnected, resolved } from '../../bench/attempt.ts';
import { begin } from '../../bench/begin.ts';
import { filler, packet } from '../../bench/bytes.ts';
import { codeName } from '../../bench/code-name.ts';
import { endedWith } from '../../bench/ended-with.ts';
import { equal } from '../../bench/equal.ts';
import { CaseError } from '../../case-error.ts';
import type { ConformanceCase } from '../../case.ts';

// Section 4.13: what happens after an error.

/** Bytes in a message, and messages, that no connection takes in while nobody reads. */
const BULK_BYTES = 128 * 1024;
const BULK_COUNT = 128;
/** For how long a client may try to get its DISCONNECT out. */
const LAST_WORDS_MS = 10_000;

const disconnects = [0x80, 0x81, 0x97, 0x98, 0x8b].map((reasonCode): ConformanceCase => ({
  statements: ['MQTT-4.13.2-1'],
  name: `a DISCONNECT ${codeName(reasonCode)} of the server ends the connection, and its application hears the code`,
  async run(bench) {
    const { broker, client } = bench;
    await begin(bench);
    const closed = client.closed();
    await broker.sendBytes(packet('e0', [reasonCode]));
    await endedWith(bench, []);
    const { reasonCode: told = reasonCode } = await resolved(bench, 'closed()', closed);
    equal('the code, if the client tells one', told, reasonCode);
  },
}));

const refusals = [0x80, 0x88, 0x97].map((reasonCode): ConformanceCase => ({
  statements: ['MQTT-4.13.2-1'],
  name: `a CONNACK ${codeName(reasonCode)} ends the connection, although the server keeps its side open`,
  async run(bench) {
    const { broker, client } = bench;
    const connecting = client.connect();
    await broker.expect.connect();
    await broker.sendBytes(packet('20', '00', [reasonCode], '00'));
    await endedWith(bench, []);
    await notConnected(bench, connecting);
  },
}));

export const errorCases: readonly ConformanceCase[] = [
  ...disconnects,
  ...refusals,
  {
    statements: ['MQTT-4.13.2-1'],
    name: 'a client that cannot get its DISCONNECT out closes the connection all the same',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const closed = client.closed();
      await broker.stall();
      for (let count = 0; count < BULK_COUNT; count += 1) {
        void client.publish({ topic: 'a', payload: filler(BULK_BYTES) });
      }
      await broker.sendBytes('00 00');
      await broker.answer({ publish: true, disconnect: true, end: true });
      // On virtual time an hour would pass as quickly; in real time this is what it takes at most.
      for (let waitedMs = 0; waitedMs < LAST_WORDS_MS; waitedMs += 500) {
        if ((await attempt(bench, closed)).kind !== 'pending') break;
        await broker.expectSilence({ forMs: 500 });
      }
      if ((await attempt(bench, closed)).kind !== 'pending') return;
      throw new CaseError('should', 'The client has not closed the connection while the server reads nothing');
    },
  },
];
