// Reconnect and resume: the connection is lost before the broker has acknowledged a reading. The session comes back to
// the same broker, which has kept its half, and sends the reading again.
import { Buffers, keepConnected, Session } from '@minimq/core';
import { memoryLink, scriptedBroker, VirtualTime } from '@minimq/testkit';
import { expect, it } from 'vitest';

/** The code under test: reports one temperature, over as many connections as it takes. */
async function report(session: Session, celsius: number): Promise<void> {
  const op = await session.publish({ topic: 'cellar/temperature', payload: `${celsius}`, qos: 1 });
  await op.completion({ acrossConnections: true });
}

it('sends a reading again that was not acknowledged', async () => {
  const time = new VirtualTime();
  const broker = await scriptedBroker({ over: () => memoryLink({ clock: time.clock('link') }), time });
  const buffers = Buffers.allocate({ rx: 1024, tx: 1024 });
  const session = new Session({ buffers, clock: time.clock('session'), clientId: 'cellar' });
  const running = keepConnected(session, { open: () => broker.open(), run: () => {} });

  await broker.expect.connect({ clientId: 'cellar', cleanStart: true });
  await broker.send.connack();
  await session.connected();
  const reporting = report(session, 11);
  const first = await broker.expect.publish({ payload: '11', qos: 1, dup: false });
  await broker.cut();

  // The pause before the next attempt takes no time: the time moves on while the script waits.
  await broker.expect.connect({ cleanStart: false });
  await broker.send.connack({ sessionPresent: true });
  const again = await broker.expect.publish({ payload: '11', packetId: first.packetId, dup: true });
  await broker.send.puback(again);
  await reporting;

  const disconnecting = session.disconnect();
  await broker.expect.disconnect();
  await disconnecting;
  await running;
  await broker.close();
  expect(time.pending).toEqual([]);
});
