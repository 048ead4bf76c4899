// Asks the service of reply-service.ts one question, prints the answer, and ends.
//
//   node apps/examples/dist/request.js [NUMBER] [mqtt://HOST:PORT]
import { randomUUID } from 'node:crypto';
import { Buffers, MqttError, QoS, Session } from '@minimq/core';
import { connectTcp } from '@minimq/transport-node';
import { brokerAddress } from './command-line/broker-address.ts';
import { wordsOf } from './command-line/words.ts';

const USAGE = 'node apps/examples/dist/request.js [NUMBER] [mqtt://HOST:PORT]';
const [question = '12', url] = wordsOf(USAGE, 2);
const { host, port } = brokerAddress(USAGE, url);

const session = new Session({
  buffers: Buffers.allocate({ rx: 4 * 1024, tx: 4 * 1024 }),
  sessionExpiryInterval: 0, // One question, one connection: there is nothing to resume.
});
try {
  await session.connect(await connectTcp({ host, port }));
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
} catch (error) {
  if (!(error instanceof MqttError)) throw error;
  console.error(error.code === 'timeout' ? 'Nobody answers: is reply-service.js running?' : error.message);
  process.exitCode = 1;
} finally {
  await session.disconnect();
}
