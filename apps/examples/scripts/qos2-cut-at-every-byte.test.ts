// QoS 2 with a cut at every byte: wherever the publisher's connection is lost, in either direction, the message arrives
// once. The broker is the in-memory one, so that what counts is what a subscriber gets.
import { Buffers, keepConnected, Session, type Io, type Op } from '@minimq/core';
import { forEachCut, MemoryBroker, memoryLink } from '@minimq/testkit';
import { expect, it } from 'vitest';

it('delivers a QoS 2 message once, wherever the connection is cut', async () => {
  const cuts = await forEachCut(async ({ time, open }) => {
    const broker = new MemoryBroker({ clock: time.clock('broker') });
    const newSession = (clientId: string): Session =>
      new Session({ buffers: Buffers.allocate({ rx: 1024, tx: 1024 }), clock: time.clock(clientId), clientId });
    const join = (link = open()): Io => {
      broker.accept(link.server);
      return link.client;
    };

    // A link of its own, which holds: the driver cuts the first one that comes from the bench.
    const subscriber = newSession('subscriber');
    await subscriber.connect(join(memoryLink({ clock: time.clock('link') })));
    await subscriber.subscribe([{ topicFilter: 'payments', qos: 2 }]);
    const received: string[] = [];
    const receiving = (async () => {
      for await (const message of subscriber.messages()) received.push(message.text());
    })();

    const publisher = newSession('publisher');
    let op: Op | undefined;
    await keepConnected(publisher, {
      open: () => join(),
      async run() {
        op ??= await publisher.publish({ topic: 'payments', payload: '100', qos: 2 });
        await op.completion();
        await publisher.disconnect();
      },
    });
    await time.settle();
    await subscriber.disconnect();
    await receiving;
    await broker.close();
    expect(received).toEqual(['100']);
  });
  // Every byte of CONNECT, PUBLISH and PUBREL, and of what answers them, in three ways.
  expect(cuts.length).toBeGreaterThan(150);
});
