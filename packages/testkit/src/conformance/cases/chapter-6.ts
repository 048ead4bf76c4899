import { ANSWER_ALL } from '../../script/answers.ts';
import { rejected } from '../bench/attempt.ts';
import { begin } from '../bench/begin.ts';
import type { Bench } from '../bench/bench.ts';
import { concat } from '../bench/bytes.ts';
import { endedWith } from '../bench/ended-with.ts';
import { equal } from '../bench/equal.ts';
import { handedOver } from '../bench/handed-over.ts';
import { sentBy } from '../bench/sent.ts';
import type { ConformanceCase } from '../case.ts';

// Chapter 6: MQTT over WebSocket.

const ways = ['ws', 'wss'];

/** Three messages of QoS 0, each on a topic of its own. */
const THREE = concat('30 05 00 01 61 00 31', '30 05 00 01 62 00 32', '30 05 00 01 63 00 33');

const wrongSubprotocols = (
  [
    ['no subprotocol', null],
    ['another subprotocol', 'mqttv3.1'],
  ] as const
).map(([what, subprotocol]): ConformanceCase => ({
  statements: ['MQTT-6.0.0-4'],
  name: `a server that selects ${what} gets no byte of MQTT`,
  ways,
  webSocket: { subprotocol },
  async run({ broker, client, pace }) {
    await broker.answer(ANSWER_ALL);
    await rejected({ pace }, 'connect()', client.connect());
    await broker.expectSilence();
    equal('the CONNECTs that came', sentBy(broker, 'connect'), []);
  },
}));

/** The one WebSocket of a case. */
function socketOf({ webSocket }: Bench): NonNullable<Bench['webSocket']>['sockets'][number] {
  const socket = webSocket?.sockets.at(-1);
  if (socket === undefined) throw new TypeError('There is no WebSocket');
  return socket;
}

export const chapter6Cases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-6.0.0-1'],
    name: 'a text frame ends the connection',
    ways,
    async run(bench) {
      await begin(bench);
      socketOf(bench).send('text', { binary: false });
      // It is no MQTT, so there is no code for it.
      await endedWith(bench, [0x80, 0x81, 0x82], { level: 'must' });
    },
  },
  {
    statements: ['MQTT-6.0.0-1'],
    name: 'MQTT goes out in binary frames',
    ways,
    async run(bench) {
      const { broker, client } = bench;
      // A frame of another type would break the stream on the side of the broker.
      await begin(bench);
      void client.publish({ topic: 'a', payload: 'x' });
      await broker.expect.bytes('30 05 00 01 61 00 78');
    },
  },
  {
    statements: ['MQTT-6.0.0-2'],
    name: 'packets whose bytes come one to a frame are put together',
    ways,
    webSocket: { frameBytesMax: 1 },
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes(THREE);
      await handedOver(bench, ['a 1', 'b 2', 'c 3']);
    },
  },
  {
    statements: ['MQTT-6.0.0-2'],
    name: 'three packets in one frame are taken apart',
    ways,
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes(THREE);
      await handedOver(bench, ['a 1', 'b 2', 'c 3']);
    },
  },
  {
    statements: ['MQTT-6.0.0-2'],
    name: 'a frame that holds the end of one packet and the beginning of the next is taken apart',
    ways,
    webSocket: { frameBytesMax: 10 },
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes(THREE);
      await handedOver(bench, ['a 1', 'b 2', 'c 3']);
    },
  },
  {
    statements: ['MQTT-6.0.0-2'],
    name: 'a message in several fragments is one stretch of the stream',
    ways,
    async run(bench) {
      await begin(bench);
      const socket = socketOf(bench);
      socket.send(THREE.subarray(0, 9), { binary: true, fin: false });
      socket.send(THREE.subarray(9), { binary: true, fin: true });
      await handedOver(bench, ['a 1', 'b 2', 'c 3']);
    },
  },
  {
    statements: ['MQTT-6.0.0-3'],
    name: 'the client offers the subprotocol mqtt',
    ways,
    async run(bench) {
      await begin(bench);
      equal('whether mqtt is offered', bench.webSocket?.offers[0]?.includes('mqtt'), true);
    },
  },
  ...wrongSubprotocols,
];
