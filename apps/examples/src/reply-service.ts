// A service: answers requests for the square of a number. Ctrl-C ends it. request.ts is its client.
//
//   node apps/examples/dist/reply-service.js [mqtt://HOST:PORT]
import { Buffers, DisconnectedError, keepConnected, QoS, Session, type OwnedPublish } from '@minimq/core';
import { connectTcp } from '@minimq/transport-node';
import { brokerAddress } from './command-line/broker-address.ts';
import { wordsOf } from './command-line/words.ts';

const USAGE = 'node apps/examples/dist/reply-service.js [mqtt://HOST:PORT]';
const [url] = wordsOf(USAGE, 1);
const { host, port } = brokerAddress(USAGE, url);

const session = new Session({ buffers: Buffers.allocate({ rx: 16 * 1024, tx: 16 * 1024 }) });

process.once('SIGINT', () => void session.disconnect());

await keepConnected(session, {
  open: ({ signal }) => connectTcp({ host, port, signal }),
  async run(event) {
    if (event.kind === 'connected') {
      await session.subscribe([{ topicFilter: 'demo/square', qos: QoS.atLeastOnce }]);
    }
    for await (const request of session.messages()) await answer(request);
  },
  onWait: ({ delayMs, error }) => console.error(`${String(error)}. Next attempt in ${Math.round(delayMs)} ms`),
});

async function answer(request: OwnedPublish): Promise<void> {
  if (request.responseTarget() === undefined) return; // Nobody waits for an answer.
  const square = Number(request.text()) ** 2;
  try {
    // The response topic and the correlation data of the request are the reply's.
    await session.publish(request.reply(String(square), { qos: QoS.atLeastOnce }));
  } catch (error) {
    if (error instanceof DisconnectedError) throw error;
    console.error(`Cannot answer: ${String(error)}`); // One bad request does not end the service.
  }
}
