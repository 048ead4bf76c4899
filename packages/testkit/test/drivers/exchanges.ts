import { Buffers, MqttError, Session, TimeoutError, type Op, type QoS } from '@minimq/core';
import { MemoryBroker, type AbortBench, type Bench } from '@minimq/testkit';

/** How long silence lasts before nothing more is expected. */
const SILENCE_MS = 100;

/**
 * A session that sends two messages to itself, connecting again where it has to. What came, in its order; at QoS 1 a
 * message may come twice.
 */
export async function sendToItself(bench: Bench | AbortBench, qos: QoS): Promise<readonly string[]> {
  const { time } = bench;
  const attempt: AbortBench['attempt'] = 'attempt' in bench ? bench.attempt : async (call) => call({});
  const broker = new MemoryBroker({ clock: time.clock('broker') });
  const buffers = Buffers.allocate({ rx: 1024, tx: 1024 });
  const session = new Session({ buffers, clock: time.clock('session'), clientId: 'c', keepAlive: 0 });
  const waiting = ['hi', 'end'];
  const ops: Op[] = [];
  const texts: string[] = [];
  let isSubscribed = false;
  for (;;) {
    try {
      await attempt((options) => {
        const link = bench.open();
        broker.accept(link.server);
        return session.connect(link.client, options);
      });
      if (!isSubscribed) await attempt((options) => session.subscribe([{ topicFilter: 't', qos }], options));
      isSubscribed = true;
      while (waiting.length > 0) {
        ops.push(await attempt((options) => session.publish({ topic: 't', payload: waiting[0]!, qos }, options)));
        waiting.shift();
      }
      for (const op of ops) await attempt((options) => op.completion(options));
      for (;;) texts.push((await attempt((options) => session.recv({ ...options, timeoutMs: SILENCE_MS }))).text());
    } catch (error) {
      if (error instanceof TimeoutError) break;
      if (!(error instanceof MqttError && error.connectionLost)) throw error;
    }
  }
  await session.disconnect();
  await broker.close();
  return texts;
}
