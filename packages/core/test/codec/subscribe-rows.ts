import type { Row } from './rows.ts';

// SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK.

const plain = { qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;

export const subscribeRows: readonly Row[] = [
  {
    name: 'SUBSCRIBE, the least of it',
    section: '3.8',
    sender: 'client',
    bytes: '82 07  00 01  00  00 01 61  00',
    value: { type: 'subscribe', packetId: 1, properties: {}, subscriptions: [{ topicFilter: 'a', ...plain }] },
  },
  {
    name: 'SUBSCRIBE with every option, one at a time',
    section: '3.8.3.1',
    sender: 'client',
    bytes: `82 23  ff ff  00  00 01 23 01  00 01 2b 02  00 01 2f 04  00 01 61 08  00 01 62 10  00 01 63 20
      00 05 61 2f 2b 2f 23 00`,
    value: {
      type: 'subscribe',
      packetId: 65_535,
      properties: {},
      subscriptions: [
        { topicFilter: '#', ...plain, qos: 1 },
        { topicFilter: '+', ...plain, qos: 2 },
        { topicFilter: '/', ...plain, noLocal: true },
        { topicFilter: 'a', ...plain, retainAsPublished: true },
        { topicFilter: 'b', ...plain, retainHandling: 1 },
        { topicFilter: 'c', ...plain, retainHandling: 2 },
        { topicFilter: 'a/+/#', ...plain },
      ],
    },
  },
  {
    name: 'SUBSCRIBE with every property, and a shared subscription',
    section: '3.8.2.1',
    sender: 'client',
    bytes: `82 27  00 0a  13  0b ff ff ff 7f  26 00 01 61 00 01 62  26 00 01 61 00 01 62
      00 0a 24 73 68 61 72 65 2f 67 2f 74 2a  00 01 61 2e`,
    value: {
      type: 'subscribe',
      packetId: 10,
      properties: {
        subscriptionIdentifier: 268_435_455,
        userProperties: [
          ['a', 'b'],
          ['a', 'b'],
        ],
      },
      subscriptions: [
        { topicFilter: '$share/g/t', qos: 2, noLocal: false, retainAsPublished: true, retainHandling: 2 },
        { topicFilter: 'a', qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 },
      ],
    },
  },
  {
    name: 'SUBACK, the least of it',
    section: '3.9',
    sender: 'server',
    bytes: '90 04  00 01  00  00',
    value: { type: 'suback', packetId: 1, properties: {}, reasonCodes: [0] },
  },
  {
    name: 'SUBACK with every property and every code',
    section: '3.9.3',
    sender: 'server',
    bytes: `90 1b  00 0a  0c  1f 00 02 6e 6f  26 00 01 61 00 01 62
      00 01 02 80 83 87 8f 91 97 9e a1 a2`,
    value: {
      type: 'suback',
      packetId: 10,
      properties: { reasonString: 'no', userProperties: [['a', 'b']] },
      reasonCodes: [0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2],
    },
  },
  {
    name: 'UNSUBSCRIBE, the least of it',
    section: '3.10',
    sender: 'client',
    bytes: 'a2 06  00 01  00  00 01 61',
    value: { type: 'unsubscribe', packetId: 1, properties: {}, topicFilters: ['a'] },
  },
  {
    name: 'UNSUBSCRIBE with every property and several filters',
    section: '3.10.3',
    sender: 'client',
    bytes: `a2 1f  ff ff  07  26 00 01 61 00 01 62
      00 01 23  00 0b 24 73 68 61 72 65 2f 67 2f 2f 74  00 03 2b 2f 62`,
    value: {
      type: 'unsubscribe',
      packetId: 65_535,
      properties: { userProperties: [['a', 'b']] },
      topicFilters: ['#', '$share/g//t', '+/b'],
    },
  },
  {
    name: 'UNSUBACK, the least of it',
    section: '3.11',
    sender: 'server',
    bytes: 'b0 04  00 01  00  11',
    value: { type: 'unsuback', packetId: 1, properties: {}, reasonCodes: [0x11] },
  },
  {
    name: 'UNSUBACK with every property and every code',
    section: '3.11.3',
    sender: 'server',
    bytes: 'b0 16  00 0a  0c  1f 00 02 6e 6f  26 00 01 61 00 01 62  00 11 80 83 87 8f 91',
    value: {
      type: 'unsuback',
      packetId: 10,
      properties: { reasonString: 'no', userProperties: [['a', 'b']] },
      reasonCodes: [0x00, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91],
    },
  },
];
