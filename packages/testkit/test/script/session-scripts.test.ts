import { describe, it } from 'vitest';
import { memoryLink, VirtualTime } from '@minimq/testkit';
import { scriptedBroker } from '@minimq/testkit/node';
import { connectTcp } from '@minimq/transport-node';
import { SessionClient } from './clients/session-client.ts';
import type { Bench, ClientSetup } from './clients/test-client.ts';
import { scenarios } from './scenarios/index.ts';

// One and the same script, over a link in memory on virtual time, and over sockets.

const benches: Record<string, (setup?: ClientSetup) => Promise<Bench>> = {
  async 'links in memory'(setup) {
    const time = new VirtualTime();
    const broker = await scriptedBroker({ over: () => memoryLink({ clock: time.clock('link') }), time });
    return { broker, client: new SessionClient(time, () => broker.open(), setup) };
  },
  async TCP(setup) {
    const broker = await scriptedBroker({ over: 'tcp' });
    const { hostname, port } = new URL(broker.url!);
    const open = () => connectTcp({ host: hostname, port: Number(port) });
    return { broker, client: new SessionClient(new VirtualTime(), open, setup) };
  },
};

describe.each(Object.entries(benches))('our session over %s', (_, makeBench) => {
  for (const { name, setup, run } of scenarios) {
    it(name, async () => {
      const bench = await makeBench(setup);
      try {
        await run(bench);
        await bench.broker.done();
      } finally {
        await bench.client.stop();
        await bench.broker.stop();
      }
    });
  }
});
