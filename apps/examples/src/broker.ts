// An in-memory broker to try the other examples with. It forgets everything when it ends (Ctrl-C).
//
//   node apps/examples/dist/broker.js [PORT]
import { MemoryBroker } from '@minimq/testkit';
import { listenTcp } from '@minimq/testkit/node';
import { wordsOf } from './command-line/words.ts';
import { wrongUsage } from './command-line/wrong-usage.ts';

const USAGE = 'node apps/examples/dist/broker.js [PORT]';
const [word = '1883'] = wordsOf(USAGE, 1);
const port = Number(word);
if (!/^\d+$/.test(word) || port > 65_535)
  wrongUsage(USAGE, `The port has to be a number from 0 to 65535, not '${word}'`);

const broker = new MemoryBroker({
  onPacket: ({ direction, packet, clientId }) => {
    const arrow = direction === 'toServer' ? '->' : '<-';
    console.log(`${clientId ?? 'somebody new'} ${arrow} ${packet?.type.toUpperCase() ?? 'not MQTT'}`);
  },
});
const listener = await listenTcp(broker, { port }).catch((error: Error) => {
  console.error(`Cannot listen on port ${port}: ${error.message}`);
  process.exit(1);
});
console.log(`Listening on ${listener.url}`);

process.once('SIGINT', () => void close());

async function close(): Promise<void> {
  await listener.close();
  await broker.close();
}
