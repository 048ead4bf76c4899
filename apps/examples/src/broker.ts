// An in-memory broker to try the other examples with. It forgets everything when it ends (Ctrl-C).
//
//   node apps/examples/dist/broker.js [PORT]
import { MemoryBroker } from '@minimq/testkit';
import { listenTcp } from '@minimq/testkit/node';

const port = Number(process.argv[2] ?? 1883);

const broker = new MemoryBroker({
  onPacket: ({ direction, packet, clientId }) => {
    const arrow = direction === 'toServer' ? '->' : '<-';
    console.log(`${clientId ?? 'somebody new'} ${arrow} ${packet?.type.toUpperCase() ?? 'not MQTT'}`);
  },
});
const listener = await listenTcp(broker, { port });
console.log(`Listening on ${listener.url}`);

process.once('SIGINT', () => void close());

async function close(): Promise<void> {
  await listener.close();
  await broker.close();
}
