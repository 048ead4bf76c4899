// Redirect: the broker refuses, and names another one (Server Reference). The program goes there.
import { Buffers, keepConnected, Session } from '@minimq/core';
import { memoryLink, scriptedBroker, VirtualTime } from '@minimq/testkit';
import { expect, it } from 'vitest';

it('goes to the broker that it is sent to', async () => {
  const time = new VirtualTime();
  const newBroker = () => scriptedBroker({ over: () => memoryLink({ clock: time.clock('link') }), time });
  const brokers = { 'one.example': await newBroker(), 'two.example': await newBroker() };
  const buffers = Buffers.allocate({ rx: 1024, tx: 1024 });
  const session = new Session({ buffers, clock: time.clock('session'), clientId: 'c' });
  const running = keepConnected(session, {
    open: ({ serverReference = 'one.example' }) => brokers[serverReference as keyof typeof brokers].open(),
    run: () => {},
  });

  const one = brokers['one.example'];
  await one.expect.connect();
  await one.send.connack({ reasonCode: 0x9c, serverReference: 'two.example' });
  await one.expect.end();

  const two = brokers['two.example'];
  await two.expect.connect();
  await two.send.connack();
  const disconnecting = session.disconnect();
  await two.expect.disconnect();
  await disconnecting;
  await running;
  await one.close();
  await two.close();
  expect(one.connections).toHaveLength(1);
});
