import { attempt } from '../../bench/attempt.ts';
import { begin } from '../../bench/begin.ts';
import { equal } from '../../bench/equal.ts';
import { recommended } from '../../bench/recommended.ts';
import { bytesOfLast } from '../../bench/sent.ts';
import type { ConformanceCase } from '../../case.ts';

// Sections 3.12 and 3.13: PINGREQ and PINGRESP.

/** What any client takes for a reasonable time without PINGRESP, under a keep alive of a second. */
const PING_LIMIT_MS = 10_000;

export const pingCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-3.12.4-1'],
    name: 'PINGREQ is C0 00, and a connection on which each is answered stays',
    setup: { keepAlive: 1 },
    async run(bench) {
      const { broker } = bench;
      await begin(bench);
      await broker.expect.pingreq(undefined, { limitMs: 1_000 + bench.pace.slackMs });
      equal('the bytes', bytesOfLast(broker, 'pingreq'), 'c0 00');
      await broker.send.pingresp();
      await broker.expect.pingreq(undefined, { limitMs: 1_000 + bench.pace.slackMs });
      await broker.send.pingresp();
      await broker.expectSilence();
    },
  },
  {
    statements: ['MQTT-3.12.4-1'],
    name: 'a client whose PINGREQ gets no answer closes the connection, and its application hears of it',
    setup: { keepAlive: 1 },
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      const closed = client.closed();
      await broker.expect.pingreq(undefined, { limitMs: 1_000 + bench.pace.slackMs });
      // Others may follow, and a DISCONNECT may go before the end.
      await broker.answer({ pingreq: () => {}, disconnect: true });
      await recommended(broker.expect.end({ limitMs: PING_LIMIT_MS }));
      const { kind } = await attempt(bench, closed, 'patiently');
      equal('whether the application has heard of it', kind !== 'pending', true);
    },
  },
  {
    statements: ['MQTT-3.12.4-1'],
    name: 'a PINGRESP that nobody asked for needs no action',
    async run(bench) {
      const { broker, client } = bench;
      await begin(bench);
      await broker.sendBytes('d0 00');
      await broker.expectSilence();
      void client.publish({ topic: 'a' });
      await broker.expect.bytes('30 04 00 01 61 00');
    },
  },
];
