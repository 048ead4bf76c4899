// Asks the service of reply-service.ts one question, prints the answer, and ends.
//
//   node apps/examples/dist/request.js [NUMBER] [mqtt://HOST:PORT]
import { randomUUID } from 'node:crypto';
import { Buffers, QoS, Session } from '@minimq/core';
import { connectTcp } from '@minimq/transport-node';

const question = process.argv[2] ?? '12';
const { hostname: host, port } = new URL(process.argv[3] ?? 'mqtt://127.0.0.1:1883');

const session = new Session({
  buffers: Buffers.allocate({ rx: 4 * 1024, tx: 4 * 1024 }),
  sessionExpiryInterval: 0, // One question, one connection: there is nothing to resume.
});
await session.connect(await connectTcp({ host, port: Number(port || 1883) }));
try {
  // The broker has given us a name of our own, so nobody else's answers come here.
  const responseTopic = `demo/replies/${session.clientId}`;
  await session.subscribe([{ topicFilter: responseTopic, qos: QoS.atLeastOnce }]);

  const id = randomUUID();
  const correlationData = new TextEncoder().encode(id);
  const properties = { responseTopic, correlationData };
  await session.publish({ topic: 'demo/square', payload: question, qos: QoS.atLeastOnce, properties });

  for (;;) {
    const reply = await session.recv({ timeoutMs: 5_000 });
    if (new TextDecoder().decode(reply.properties.correlationData) !== id) continue;
    console.log(`The square of ${question} is ${reply.text()}`);
    break;
  }
} finally {
  await session.disconnect();
}
