import { begin } from '../../../bench/begin.ts';
import type { Bench } from '../../../bench/bench.ts';
import { CaseError } from '../../../case-error.ts';
import { equal } from '../../../bench/equal.ts';
import { sentBy } from '../../../bench/sent.ts';
import type { ConformanceCase } from '../../../case.ts';

// Sections 3.1.2.10 and 3.2.2.3.14: the keep alive.

const SECOND_MS = 1_000;

/** The longest time between two packets of the client. */
function longestGapMs({ broker }: Bench): number {
  const times = broker.transcript.packets({ direction: 'toServer' }).map(({ atMs }) => atMs);
  return Math.max(...times.slice(1).map((atMs, place) => atMs - times[place]!));
}

/** The client is never silent for longer than it may. */
function assertGapMs(bench: Bench, limitMs: number): void {
  const gapMs = longestGapMs(bench);
  if (gapMs <= limitMs + bench.pace.slackMs) return;
  throw new CaseError('must', `The client was silent for ${Math.round(gapMs)} ms, with a keep alive of ${limitMs} ms`);
}

export const keepAliveCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-3.1.2-20', 'MQTT-3.2.2-22'],
    name: 'a client with nothing else to send sends PINGREQ before its keep alive has passed',
    setup: { keepAlive: 1 },
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      for (let round = 0; round < 2; round += 1) {
        await broker.expect.pingreq('c0 00', { limitMs: SECOND_MS + bench.pace.slackMs });
        await broker.send.pingresp();
      }
      assertGapMs(bench, SECOND_MS);
    },
  },
  {
    statements: ['MQTT-3.1.2-20'],
    name: 'what the client receives does not put its PINGREQ off',
    setup: { keepAlive: 1 },
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      for (let round = 0; round < 3; round += 1) {
        await broker.expectSilence({ of: 'disconnect', forMs: 250 });
        await broker.send.publish({ topic: 'a', payload: 'x' });
      }
      await broker.expect.pingreq(undefined, { limitMs: SECOND_MS });
      await broker.send.pingresp();
      assertGapMs(bench, SECOND_MS);
    },
  },
  {
    statements: ['MQTT-3.1.2-20'],
    name: 'an acknowledgement that the client receives does not put its PINGREQ off',
    setup: { keepAlive: 1 },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      void client.publish({ topic: 'a', qos: 1 });
      const publish = await broker.expect.publish();
      await broker.expectSilence({ of: 'disconnect', forMs: 700 });
      await broker.send.puback(publish);
      await broker.expect.pingreq(undefined, { limitMs: SECOND_MS });
      await broker.send.pingresp();
      assertGapMs(bench, SECOND_MS);
    },
  },
  {
    statements: ['MQTT-3.1.2-21', 'MQTT-3.2.2-21'],
    name: 'a shorter Server Keep Alive is in force instead of what the client asked for',
    setup: { keepAlive: 60 },
    async run(bench) {
      const { broker } = bench;
      await begin(bench, { serverKeepAlive: 1 });
      await broker.expect.pingreq(undefined, { limitMs: SECOND_MS + bench.pace.slackMs });
      await broker.send.pingresp();
      assertGapMs(bench, SECOND_MS);
    },
  },
  {
    statements: ['MQTT-3.1.2-21', 'MQTT-3.2.2-21'],
    name: 'a Server Keep Alive is in force where the client asked for none',
    setup: { keepAlive: 0 },
    async run(bench) {
      const { broker } = bench;
      await begin(bench, { serverKeepAlive: 1 });
      await broker.expect.pingreq(undefined, { limitMs: SECOND_MS + bench.pace.slackMs });
      await broker.send.pingresp();
    },
  },
  {
    statements: ['MQTT-3.1.2-21', 'MQTT-3.2.2-21'],
    name: 'with a longer Server Keep Alive the client does not go on with its own',
    setup: { keepAlive: 1 },
    async run(bench) {
      const { broker } = bench;
      await begin(bench, { serverKeepAlive: 3 });
      await broker.answer({ pingreq: true });
      await broker.expectSilence({ forMs: 3 * SECOND_MS + bench.pace.slackMs });
      // A client may send PINGREQ whenever it likes; one in every second is the old value.
      const count = sentBy(broker, 'pingreq').length;
      equal('whether there were one or two PINGREQs in three seconds', count === 1 || count === 2, true);
    },
  },
  {
    statements: ['MQTT-3.2.2-22'],
    name: 'without Server Keep Alive the keep alive of the CONNECT stays in force',
    setup: { keepAlive: 2 },
    async run(bench) {
      const { broker } = bench;
      const { connect } = await begin(bench);
      equal('the keep alive', connect.keepAlive, 2);
      await broker.expect.pingreq(undefined, { limitMs: 2 * SECOND_MS + bench.pace.slackMs });
      await broker.send.pingresp();
      assertGapMs(bench, 2 * SECOND_MS);
    },
  },
];
