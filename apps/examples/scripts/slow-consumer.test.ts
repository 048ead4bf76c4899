// Slow consumer: messages come faster than they are handled. The session's memory is bounded, so the broker is slowed
// down by the network instead, and nothing is lost; pings go on, so nobody takes the slow program for a dead one.
import { Buffers, Session } from '@minimq/core';
import { memoryLink, scriptedBroker, VirtualTime } from '@minimq/testkit';
import { expect, it } from 'vitest';

const MESSAGE_COUNT = 40;

it('slows the broker down, and loses nothing', async () => {
  const time = new VirtualTime();
  const link = memoryLink({ clock: time.clock('link'), capacityBytes: 1024 });
  const broker = await scriptedBroker({ over: link, time, answers: { pingreq: true, puback: true } });
  const buffers = Buffers.allocate({ rx: 1024, tx: 1024 });
  const session = new Session({ buffers, clock: time.clock('session'), clientId: 'slow', receiveStallMs: Infinity });
  const connecting = session.connect(link.client);
  await broker.expect.connect();
  await broker.send.connack();
  await connecting;

  // 40 messages of 200 bytes: rx and the network hold ten of them. Nobody waits for these steps yet.
  const sent = Array.from({ length: MESSAGE_COUNT }, (_, index) => {
    return broker.send.publish({ topic: 'jobs', payload: `${index}`.padEnd(200), qos: 1 });
  });
  await time.settle();
  expect(link.toClient.inFlightBytes).toBe(1024);

  const handled: number[] = [];
  for (let count = 0; count < MESSAGE_COUNT; count += 1) {
    const message = await session.recv();
    await time.advance(60_000);
    handled.push(Number(message.text()));
  }
  await Promise.all(sent);
  expect(handled).toEqual(Array.from({ length: MESSAGE_COUNT }, (_, index) => index));
  expect(session.state).toBe('connected');
  expect(broker.transcript.packets({ type: 'pingreq' }).length).toBeGreaterThan(30);

  void broker.expect.disconnect();
  await time.until(session.disconnect());
  await broker.close();
});
