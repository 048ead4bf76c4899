import { expect, it } from 'vitest';
import { Buffers, Session } from '@minimq/core';
import { memoryLink, scriptedBroker, VirtualTime } from '@minimq/testkit';

it('plays a thousand scripted exchanges on virtual time in less than five seconds', { timeout: 60_000 }, async () => {
  const start = process.cpuUsage();
  const time = new VirtualTime();
  const broker = await scriptedBroker({ over: () => memoryLink({ clock: time.clock('link') }), time });
  const buffers = Buffers.allocate({ rx: 1024, tx: 1024 });
  const session = new Session({ buffers, clock: time.clock('session'), clientId: 'c', keepAlive: 60 });
  for (let count = 0; count < 1_000; count += 1) {
    const connecting = session.connect(broker.open());
    await broker.expect.connect({ clientId: 'c', cleanStart: count === 0 });
    await broker.send.connack({ sessionPresent: count > 0 });
    await connecting;
    const op = await session.publish({ topic: 'a', payload: `${count}`, qos: 1 });
    await broker.send.puback(await broker.expect.publish({ payload: `${count}` }));
    await op.completion();
    await broker.expect.pingreq();
    await broker.send.pingresp();
    await broker.cut();
    await time.settle();
  }
  await broker.close();
  expect(time.nowMs).toBe(1_000 * 45_000);
  expect(broker.transcript.packets({ type: 'puback' })).toHaveLength(1_000);
  // Time of this process, so that a busy machine does not count.
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1_000).toBeLessThan(5_000);
});
