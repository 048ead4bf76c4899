import { resolved } from '../../bench/attempt.ts';
import { begin } from '../../bench/begin.ts';
import { concat } from '../../bench/bytes.ts';
import { handedOver } from '../../bench/handed-over.ts';
import type { ConformanceCase } from '../../case.ts';

// Section 4.2: packets over a stream of bytes, whatever pieces it comes in.

/** A QoS 1 message, and a QoS 0 message. */
const TWO = concat('32 07 00 01 61 00 05 00 31', '30 05 00 01 62 00 32');

export const transportCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-4.2.0-1'],
    name: 'packets that arrive one byte at a time are put together, CONNACK first',
    async run(bench) {
      const { broker, client } = bench;
      const connecting = client.connect();
      await broker.expect.connect();
      for (const byte of concat('20 03 00 00 00')) await broker.sendBytes(new Uint8Array([byte]));
      await resolved(bench, 'connect()', connecting);
      for (const byte of TWO) await broker.sendBytes(new Uint8Array([byte]));
      await broker.expect.puback({ packetId: 5, reasonCode: 0 });
      await handedOver(bench, ['a 1', 'b 2']);
    },
  },
  {
    statements: ['MQTT-4.2.0-1'],
    name: 'packets that arrive in one piece are taken apart',
    async run(bench) {
      await begin(bench);
      await bench.broker.sendBytes(concat(TWO, '32 07 00 01 63 00 06 00 33'));
      await bench.broker.expect.puback({ packetId: 5, reasonCode: 0 });
      await bench.broker.expect.puback({ packetId: 6, reasonCode: 0 });
      await handedOver(bench, ['a 1', 'b 2', 'c 3']);
    },
  },
];
