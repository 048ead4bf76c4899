import { begin } from '../../../bench/begin.ts';
import { lastConnect } from '../../../bench/connect-bytes.ts';
import { equal } from '../../../bench/equal.ts';
import { connectWith } from '../../../bench/forbidden.ts';
import type { ConformanceCase } from '../../../case.ts';

// Sections 3.1.2.5 to 3.1.2.7 and 3.1.3.2 to 3.1.3.4: the will.

const levels = ([0, 1, 2] as const).map((qos): ConformanceCase => ({
  statements: ['MQTT-3.1.2-7', 'MQTT-3.1.2-12'],
  name: `a will at QoS ${qos} sets the Will Flag and shows its level`,
  setup: { will: { topic: 'w', qos } },
  async run(bench) {
    await begin(bench);
    equal('Will Flag, Will QoS and Will Retain', lastConnect(bench.broker).flags & 0x3c, 0x04 | (qos << 3));
  },
}));

export const willCases: readonly ConformanceCase[] = [
  {
    statements: ['MQTT-3.1.2-7', 'MQTT-3.1.2-11', 'MQTT-3.1.2-13'],
    name: 'without a will, Will Flag, Will QoS and Will Retain are 0',
    async run(bench) {
      await begin(bench);
      equal('Will Flag, Will QoS and Will Retain', lastConnect(bench.broker).flags & 0x3c, 0);
    },
  },
  ...levels,
  {
    statements: ['MQTT-3.1.2-12'],
    name: 'a will at QoS 3 never gets onto the wire',
    needs: ['will'],
    async run(bench) {
      await connectWith(bench, { will: { topic: 'w', qos: 3 as 2 } });
    },
  },
  {
    statements: ['MQTT-3.1.2-9'],
    name: 'a will without payload has properties, topic and an empty payload behind the client identifier',
    setup: { will: { topic: 'w', payload: '' } },
    async run(bench) {
      await begin(bench);
      equal('the payload', lastConnect(bench.broker).payload, '00 01 63 00 00 01 77 00 00');
    },
  },
  {
    statements: ['MQTT-3.1.2-14'],
    name: 'a will that is not to be retained has Will Retain 0',
    setup: { will: { topic: 'w', retain: false } },
    async run(bench) {
      await begin(bench);
      equal('Will Retain', lastConnect(bench.broker).flags & 0x20, 0);
    },
  },
  {
    statements: ['MQTT-3.1.2-15'],
    name: 'a will that is to be retained has Will Retain 1',
    setup: { will: { topic: 'w', retain: true } },
    async run(bench) {
      await begin(bench);
      equal('Will Flag and Will Retain', lastConnect(bench.broker).flags & 0x24, 0x24);
    },
  },
  {
    statements: ['MQTT-3.1.3-11'],
    name: 'a Will Topic outside ASCII is sent as UTF-8',
    setup: { will: { topic: '\u00e9\u20ac', payload: 'x' } },
    async run(bench) {
      await begin(bench);
      equal('the payload', lastConnect(bench.broker).payload, '00 01 63 00 00 05 c3 a9 e2 82 ac 00 01 78');
    },
  },
  {
    statements: ['MQTT-3.1.3-11'],
    name: 'a Will Topic with a lone surrogate or a NUL never gets onto the wire',
    needs: ['will'],
    async run(bench) {
      await connectWith(bench, { will: { topic: 'a\ud800' } });
      await connectWith(bench, { will: { topic: 'a\u0000' } });
    },
  },
];
