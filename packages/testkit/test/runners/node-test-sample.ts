// A test for node:test; node-test.test.ts bundles it and runs it with `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Buffers, Session } from '@minimq/core';
import { ioConformance, linkPair, memoryLink, VirtualTime } from '@minimq/testkit';
import { scriptedBroker } from '@minimq/testkit/node';

async function resume(topic: string): Promise<void> {
  const time = new VirtualTime();
  const broker = await scriptedBroker({ over: () => memoryLink({ clock: time.clock('link') }), time });
  const buffers = Buffers.allocate({ rx: 1024, tx: 1024 });
  const session = new Session({ buffers, clock: time.clock('session'), clientId: 'c' });
  const connecting = session.connect(broker.open());
  await broker.expect.connect({ clientId: 'c' });
  await broker.send.connack();
  await connecting;
  const op = await session.publish({ topic: 'a', payload: 'x', qos: 1 });
  await broker.expect.publish({ topic });
  await broker.cut();
  await time.settle();
  const again = session.connect(broker.open());
  await broker.expect.connect({ cleanStart: false });
  await broker.send.connack({ sessionPresent: true });
  await broker.send.puback(await broker.expect.publish({ topic, dup: true }));
  assert.equal((await again).kind, 'reconnected');
  assert.equal((await op.completion()).reasonCode, 0);
  await broker.close();
}

void test('a script that is right', () => resume('a'));

void test('a script that is wrong', () => resume('b'));

void test('a script over TCP', async () => {
  const broker = await scriptedBroker({ over: 'tcp' });
  assert.match(broker.url ?? '', /^mqtt:/);
  await broker.close();
});

const open = (): ReturnType<typeof linkPair> => linkPair(memoryLink());
for (const { name, run } of ioConformance({ name: 'a link', open, volumeBytes: 1_000_000 })) void test(name, run);
