import type { AckPacket } from '@minimq/core/codec';
import { hex } from './bytes.ts';
import type { Row } from './rows.ts';

// PUBLISH, PUBACK, PUBREC, PUBREL and PUBCOMP.

const none = new Uint8Array(0);

const publish: readonly Row[] = [
  {
    name: 'PUBLISH, the least of QoS 0',
    section: '3.3',
    sender: 'both',
    bytes: '30 04  00 01 61  00',
    value: { type: 'publish', topic: 'a', payload: none, qos: 0, retain: false, dup: false, properties: {} },
  },
  {
    name: 'PUBLISH of QoS 0, retained, with a payload',
    section: '3.3.1.3',
    sender: 'both',
    bytes: '31 06  00 01 61  00  68 69',
    value: { type: 'publish', topic: 'a', payload: hex('68 69'), qos: 0, retain: true, dup: false, properties: {} },
  },
  {
    name: 'PUBLISH, the least of QoS 1',
    section: '3.3.2.2',
    sender: 'both',
    bytes: '32 06  00 01 61  00 01  00',
    value: {
      type: 'publish',
      topic: 'a',
      payload: none,
      qos: 1,
      retain: false,
      dup: false,
      packetId: 1,
      properties: {},
    },
  },
  {
    name: 'PUBLISH of QoS 1 once more',
    section: '3.3.1.1',
    sender: 'both',
    bytes: '3a 07  00 01 61  12 34  00  00',
    value: {
      type: 'publish',
      topic: 'a',
      payload: hex('00'),
      qos: 1,
      retain: false,
      dup: true,
      packetId: 0x1234,
      properties: {},
    },
  },
  {
    name: 'PUBLISH of QoS 2',
    section: '3.3.1.2',
    sender: 'both',
    bytes: '34 06  00 01 2f  ff ff  00',
    value: {
      type: 'publish',
      topic: '/',
      payload: none,
      qos: 2,
      retain: false,
      dup: false,
      packetId: 65_535,
      properties: {},
    },
  },
  {
    name: 'PUBLISH of QoS 2 with every flag',
    section: '3.3.1',
    sender: 'both',
    bytes: '3d 07  00 01 61  00 02  00  ff',
    value: {
      type: 'publish',
      topic: 'a',
      payload: hex('ff'),
      qos: 2,
      retain: true,
      dup: true,
      packetId: 2,
      properties: {},
    },
  },
  {
    name: 'PUBLISH with a topic alias in place of its topic',
    section: '3.3.2.3.4',
    sender: 'both',
    bytes: '30 06  00 00  03  23 00 01',
    value: {
      type: 'publish',
      topic: '',
      payload: none,
      qos: 0,
      retain: false,
      dup: false,
      properties: { topicAlias: 1 },
    },
  },
  {
    name: 'PUBLISH with every property that either side may send',
    section: '3.3.2.3',
    sender: 'both',
    bytes: `34 40  00 03 61 2f 62  ff fe
      37  01 01  02 00 00 00 0a  03 00 0a 74 65 78 74 2f 70 6c 61 69 6e  08 00 03 72 2f 31  09 00 02 00 ff  23 ff ff
          26 00 01 62 00 01 31  26 00 01 61 00 01 32  26 00 01 62 00 01 33
      00`,
    value: {
      type: 'publish',
      topic: 'a/b',
      payload: hex('00'),
      qos: 2,
      retain: false,
      dup: false,
      packetId: 65_534,
      properties: {
        payloadFormatIndicator: 1,
        messageExpiryInterval: 10,
        contentType: 'text/plain',
        responseTopic: 'r/1',
        correlationData: hex('00 ff'),
        topicAlias: 65_535,
        userProperties: [
          ['b', '1'],
          ['a', '2'],
          ['b', '3'],
        ],
      },
    },
  },
  {
    name: 'PUBLISH with subscription identifiers',
    section: '3.3.2.3.8',
    sender: 'server',
    bytes: '30 0f  00 01 61  0b  0b 03  0b 01  0b 03  0b ff ff ff 7f',
    value: {
      type: 'publish',
      topic: 'a',
      payload: none,
      qos: 0,
      retain: false,
      dup: false,
      properties: { subscriptionIdentifiers: [3, 1, 3, 268_435_455] },
    },
  },
  {
    name: 'PUBLISH with the values that are zero or empty',
    section: '3.3.2.3',
    sender: 'both',
    bytes: '30 17  00 01 61  12  01 00  02 00 00 00 00  03 00 00  09 00 00  26 00 00 00 00  01',
    value: {
      type: 'publish',
      topic: 'a',
      payload: hex('01'),
      qos: 0,
      retain: false,
      dup: false,
      properties: {
        payloadFormatIndicator: 0,
        messageExpiryInterval: 0,
        contentType: '',
        correlationData: none,
        userProperties: [['', '']],
      },
    },
  },
];

/** The four have one form; `bad` is a reason code that either side may send. */
function ack(type: AckPacket['type'], first: string, section: string, bad: string): Row[] {
  const name = type.toUpperCase();
  const failure = { type, packetId: 10, reasonCode: hex(bad)[0] } as AckPacket;
  const success: AckPacket = { type, packetId: 10, reasonCode: 0 };
  const properties = { reasonString: 'no', userProperties: [['a', 'b']] } as const;
  return [
    { name: `${name}, success left out`, section, sender: 'both', bytes: `${first} 02  00 0a`, value: success },
    {
      name: `${name}, success spelled out`,
      section,
      sender: 'both',
      bytes: `${first} 03  00 0a  00`,
      value: success,
      shortest: `${first} 02  00 0a`,
    },
    {
      name: `${name}, success and no properties spelled out`,
      section,
      sender: 'both',
      bytes: `${first} 04  00 0a  00  00`,
      value: { ...success, properties: {} },
      shortest: `${first} 02  00 0a`,
    },
    { name: `${name} with a failure`, section, sender: 'both', bytes: `${first} 03  00 0a  ${bad}`, value: failure },
    {
      name: `${name} with a failure, no properties spelled out`,
      section,
      sender: 'both',
      bytes: `${first} 04  00 0a  ${bad}  00`,
      value: { ...failure, properties: {} },
      shortest: `${first} 03  00 0a  ${bad}`,
    },
    {
      name: `${name} with success and every property`,
      section,
      sender: 'both',
      bytes: `${first} 10  00 0a  00  0c  1f 00 02 6e 6f  26 00 01 61 00 01 62`,
      value: { ...success, properties },
    },
    {
      name: `${name} with a failure and every property`,
      section,
      sender: 'both',
      bytes: `${first} 10  00 0a  ${bad}  0c  1f 00 02 6e 6f  26 00 01 61 00 01 62`,
      value: { ...failure, properties },
    },
  ];
}

export const publishRows: readonly Row[] = [
  ...publish,
  ...ack('puback', '40', '3.4', '87'),
  ...ack('pubrec', '50', '3.5', '97'),
  ...ack('pubrel', '62', '3.6', '92'),
  ...ack('pubcomp', '70', '3.7', '92'),
  {
    name: 'PUBACK for which nobody subscribes',
    section: '3.4.2.1',
    sender: 'server',
    bytes: '40 03  ff ff  10',
    value: { type: 'puback', packetId: 65_535, reasonCode: 0x10 },
  },
];
