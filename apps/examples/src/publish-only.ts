// Publishes a measurement every second, and receives nothing. Ctrl-C ends it.
//
//   node apps/examples/dist/publish-only.js [mqtt://HOST:PORT]
import { Buffers, keepConnected, QoS, Session } from '@minimq/core';
import { connectTcp } from '@minimq/transport-node';
import { brokerAddress } from './command-line/broker-address.ts';
import { wordsOf } from './command-line/words.ts';

const USAGE = 'node apps/examples/dist/publish-only.js [mqtt://HOST:PORT]';
const [url] = wordsOf(USAGE, 1);
const { host, port } = brokerAddress(USAGE, url);

const session = new Session({
  buffers: Buffers.allocate({ rx: 1024, tx: 16 * 1024 }),
  // Nobody calls recv(): should a message come all the same, it is acknowledged and dropped, and never in the way.
  inbound: 'discard',
});

// Publishes what was accepted, says goodbye, and ends keepConnected().
process.once('SIGINT', () => void session.disconnect());

await keepConnected(session, {
  open: ({ signal }) => connectTcp({ host, port, signal }),
  async run(_event, signal) {
    for (;;) {
      const payload = String(process.memoryUsage.rss());
      // Accepted: from here on the session sees to it, over a lost connection too.
      await session.publish({ topic: 'demo/memory', payload, qos: QoS.atLeastOnce, retain: true });
      await session.delay(1_000, signal);
    }
  },
  onWait: ({ delayMs, error }) => console.error(`${String(error)}. Next attempt in ${Math.round(delayMs)} ms`),
});
