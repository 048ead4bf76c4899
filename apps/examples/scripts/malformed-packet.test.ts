// Malformed packet: the broker, or something between, sends bytes that are no MQTT. The session says what was wrong, in
// the words of the standard, and leaves; a message that stood before them is handed over all the same.
import { Buffers, PeerError, Session } from '@minimq/core';
import { memoryLink, scriptedBroker, VirtualTime } from '@minimq/testkit';
import { expect, it } from 'vitest';

it('leaves with DISCONNECT 0x81, and knows why', async () => {
  const time = new VirtualTime();
  const link = memoryLink({ clock: time.clock('link') });
  const broker = await scriptedBroker({ over: link, time });
  const buffers = Buffers.allocate({ rx: 1024, tx: 1024 });
  const session = new Session({ buffers, clock: time.clock('session'), clientId: 'c' });
  const connecting = session.connect(link.client);
  await broker.expect.connect();
  await broker.send.connack();
  const { closed } = await connecting;

  await broker.send.publish({ topic: 'a', payload: 'whole' });
  // A PUBLISH of QoS 3, which there is not: only literal bytes can say it.
  await broker.sendBytes('36 06 00 01 61 00 01 00');
  await broker.expect.disconnect({ reasonCode: 0x81 });
  await broker.expect.end();

  expect((await session.recv()).text()).toBe('whole');
  const error = await closed;
  expect(error.by).toBe('protocol');
  expect(error.cause).toBeInstanceOf(PeerError);
  expect(error.cause).toMatchObject({ code: 'invalid-packet', section: '3.3.1.2' });
  await broker.close();
});
