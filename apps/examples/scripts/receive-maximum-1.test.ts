// Receive Maximum 1: a broker that takes one unfinished message at a time. The second one has to wait for the end of the
// first, and everything else goes on.
import { Buffers, Session } from '@minimq/core';
import { memoryLink, scriptedBroker, VirtualTime } from '@minimq/testkit';
import { expect, it } from 'vitest';

it('holds the second message back until the first is through', async () => {
  const time = new VirtualTime();
  const link = memoryLink({ clock: time.clock('link') });
  const broker = await scriptedBroker({ over: link, time });
  const buffers = Buffers.allocate({ rx: 1024, tx: 1024 });
  const session = new Session({ buffers, clock: time.clock('session'), clientId: 'c', receiveMaximum: 10 });
  const connecting = session.connect(link.client);
  await broker.expect.connect({ cleanStart: true, receiveMaximum: 10 });
  await broker.send.connack({ receiveMaximum: 1 });
  await connecting;

  const publishing = ['first', 'second'].map(async (payload) => {
    const op = await session.publish({ topic: 'a', payload, qos: 2 });
    return op.completion();
  });
  const first = await broker.expect.publish({ payload: 'first', qos: 2 });
  await broker.send.pubrec(first);
  await broker.expect.pubrel(first);
  await broker.expectSilence({ of: 'publish' });

  // A subscription needs no quota.
  const subscribing = session.subscribe(['b']);
  await broker.send.suback(await broker.expect.subscribe());
  await subscribing;

  await broker.sendBytes(`70 02 00 0${first.packetId}`);
  const second = await broker.expect.publish({ payload: 'second', qos: 2 });
  await broker.send.pubrec(second);
  await broker.send.pubcomp(await broker.expect.pubrel(second));
  expect(await Promise.all(publishing)).toHaveLength(2);
  await broker.close();
});
