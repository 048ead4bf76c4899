// Keep-alive loss: the network swallows everything and tells nobody. The session notices by itself, and connects again.
import { Buffers, keepConnected, Session } from '@minimq/core';
import { memoryLink, scriptedBroker, VirtualTime } from '@minimq/testkit';
import { expect, it } from 'vitest';

it('takes a broker that does not answer its pings for lost', async () => {
  const time = new VirtualTime();
  const broker = await scriptedBroker({ over: () => memoryLink({ clock: time.clock('link') }), time });
  const buffers = Buffers.allocate({ rx: 1024, tx: 1024 });
  const session = new Session({ buffers, clock: time.clock('session'), clientId: 'c', keepAlive: 60 });
  const reasons: string[] = [];
  const running = keepConnected(session, {
    open: () => broker.open(),
    run: (event) => void event.closed.then(({ by }) => reasons.push(by)),
  });

  await broker.expect.connect({ keepAlive: 60 });
  await broker.send.connack();
  await broker.expect.pingreq();
  expect(time.nowMs).toBe(45_000);
  // No answer. Half a keep alive later the connection is given up.
  await broker.expect.end();
  expect(time.nowMs).toBe(75_000);

  await broker.expect.connect({ cleanStart: false });
  await broker.send.connack({ sessionPresent: true });
  const disconnecting = session.disconnect();
  await broker.expect.disconnect();
  await disconnecting;
  await running;
  expect(reasons).toEqual(['keep-alive', 'local']);
  await broker.close();
});
