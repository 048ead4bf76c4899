// QoS 2 with a cut at every byte: whatever byte of the client is the last that gets through, the message arrives once.
// The broker is the in-memory one, so that what counts is what a subscriber gets.
import { Buffers, keepConnected, Session, type Op } from '@minimq/core';
import { MemoryBroker, memoryLink, VirtualTime } from '@minimq/testkit';
import { expect, it } from 'vitest';

/** One message over connections of which the first is cut; says what a subscriber got, and how many connections it took. */
async function sendOnce(cutAfterBytes: number): Promise<{ received: string[]; connectionCount: number }> {
  const time = new VirtualTime();
  const broker = new MemoryBroker({ clock: time.clock('broker') });
  const newSession = (clientId: string): Session =>
    new Session({ buffers: Buffers.allocate({ rx: 1024, tx: 1024 }), clock: time.clock(clientId), clientId });
  let connectionCount = 0;
  const open = (isCut: boolean) => {
    const link = memoryLink({ clock: time.clock('link') });
    if (isCut) link.toServer.cutAfter(cutAfterBytes);
    broker.accept(link.server);
    return link.client;
  };

  const subscriber = newSession('subscriber');
  await subscriber.connect(open(false));
  await subscriber.subscribe([{ topicFilter: 'payments', qos: 2 }]);
  const received: string[] = [];
  const receiving = (async () => {
    for await (const message of subscriber.messages()) received.push(message.text());
  })();

  const publisher = newSession('publisher');
  let op: Op | undefined;
  await time.until(
    keepConnected(publisher, {
      open() {
        connectionCount += 1;
        return open(connectionCount === 1);
      },
      async run() {
        op ??= await publisher.publish({ topic: 'payments', payload: '100', qos: 2 });
        await op.completion();
        await publisher.disconnect();
      },
    }),
  );
  await time.settle();
  await time.until(subscriber.disconnect());
  await receiving;
  await broker.close();
  return { received, connectionCount };
}

it('delivers a QoS 2 message once, wherever the connection is cut', async () => {
  let cutAfterBytes = 0;
  for (let connectionCount = 2; connectionCount === 2; cutAfterBytes += 1) {
    const result = await sendOnce(cutAfterBytes);
    ({ connectionCount } = result);
    expect(result.received, `cut after ${cutAfterBytes} bytes`).toEqual(['100']);
  }
  // CONNECT, PUBLISH and PUBREL have been cut at every byte.
  expect(cutAfterBytes).toBeGreaterThan(50);
});
