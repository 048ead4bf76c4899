// Refused subscription: the broker lets the program in and does not let it listen. The program has to say so.
import { Buffers, PeerError, Session } from '@minimq/core';
import { memoryLink, scriptedBroker, VirtualTime } from '@minimq/testkit';
import { expect, it } from 'vitest';

/** The code under test: subscribes, and explains a refusal in words that an operator understands. */
async function listen(session: Session, topicFilter: string): Promise<string> {
  try {
    await session.subscribe([topicFilter]);
    return `listening to ${topicFilter}`;
  } catch (error) {
    if (error instanceof PeerError && error.reasonCode === 0x87)
      return `${session.clientId} may not read ${topicFilter}`;
    throw error;
  }
}

it('says who may not read what', async () => {
  const time = new VirtualTime();
  const link = memoryLink({ clock: time.clock('link') });
  const broker = await scriptedBroker({ over: link, time });
  const buffers = Buffers.allocate({ rx: 1024, tx: 1024 });
  const session = new Session({ buffers, clock: time.clock('session'), clientId: 'guest' });
  const connecting = session.connect(link.client);
  await broker.expect.connect();
  await broker.send.connack();
  await connecting;

  const listening = listen(session, 'accounts/#');
  const subscribe = await broker.expect.subscribe({ subscriptions: [{ topicFilter: 'accounts/#' }] });
  await broker.send.suback(subscribe, { reasonCodes: [0x87], reasonString: 'ask Ada' });
  expect(await listening).toBe('guest may not read accounts/#');

  // The connection is as good as before.
  const listeningElsewhere = listen(session, 'news');
  await broker.send.suback(await broker.expect.subscribe());
  expect(await listeningElsewhere).toBe('listening to news');
  await broker.close();
});
