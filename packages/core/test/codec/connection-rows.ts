import { hex } from './bytes.ts';
import type { Row } from './rows.ts';

// CONNECT, CONNACK, PINGREQ, PINGRESP, DISCONNECT and AUTH.

const none = new Uint8Array(0);

const connect: readonly Row[] = [
  {
    name: 'CONNECT, the least of it',
    section: '3.1',
    sender: 'client',
    bytes: '10 0d  00 04 4d 51 54 54 05 02 00 3c  00  00 00',
    value: { type: 'connect', clientId: '', cleanStart: true, keepAlive: 60, properties: {} },
  },
  {
    name: 'CONNECT that goes on with a session',
    section: '3.1.2.4',
    sender: 'client',
    bytes: '10 0e  00 04 4d 51 54 54 05 00 00 00  00  00 01 61',
    value: { type: 'connect', clientId: 'a', cleanStart: false, keepAlive: 0, properties: {} },
  },
  {
    name: 'CONNECT with an empty user name and the longest keep alive',
    section: '3.1.2.8',
    sender: 'client',
    bytes: '10 0f  00 04 4d 51 54 54 05 80 ff ff  00  00 00  00 00',
    value: { type: 'connect', clientId: '', cleanStart: false, keepAlive: 65_535, properties: {}, username: '' },
  },
  {
    name: 'CONNECT with a password and no user name',
    section: '3.1.2.9',
    sender: 'client',
    bytes: '10 12  00 04 4d 51 54 54 05 40 00 0a  00  00 00  00 03 00 ff 80',
    value: {
      type: 'connect',
      clientId: '',
      cleanStart: false,
      keepAlive: 10,
      properties: {},
      password: hex('00 ff 80'),
    },
  },
  {
    name: 'CONNECT with the least will',
    section: '3.1.2.5',
    sender: 'client',
    bytes: '10 13  00 04 4d 51 54 54 05 04 00 00  00  00 00  00  00 01 74  00 00',
    value: {
      type: 'connect',
      clientId: '',
      cleanStart: false,
      keepAlive: 0,
      properties: {},
      will: { topic: 't', payload: none, qos: 0, retain: false, properties: {} },
    },
  },
  {
    name: 'CONNECT with a will of QoS 1',
    section: '3.1.2.6',
    sender: 'client',
    bytes: '10 14  00 04 4d 51 54 54 05 0e 00 00  00  00 00  00  00 01 74  00 01 00',
    value: {
      type: 'connect',
      clientId: '',
      cleanStart: true,
      keepAlive: 0,
      properties: {},
      will: { topic: 't', payload: hex('00'), qos: 1, retain: false, properties: {} },
    },
  },
  {
    name: 'CONNECT with a retained will',
    section: '3.1.2.7',
    sender: 'client',
    bytes: '10 13  00 04 4d 51 54 54 05 24 00 00  00  00 00  00  00 01 74  00 00',
    value: {
      type: 'connect',
      clientId: '',
      cleanStart: false,
      keepAlive: 0,
      properties: {},
      will: { topic: 't', payload: none, qos: 0, retain: true, properties: {} },
    },
  },
  {
    name: 'CONNECT with everything',
    section: '3.1',
    sender: 'client',
    bytes: `10 6f  00 04 4d 51 54 54 05 f6 00 3c
      31  11 00 00 00 0a  21 00 14  27 00 00 01 00  22 00 05  19 01  17 00  15 00 01 6d  16 00 02 00 ff
          26 00 01 62 00 01 31  26 00 01 61 00 01 32  26 00 01 62 00 00
      00 02 63 31
      1f  18 00 00 00 05  01 01  02 00 00 00 3c  03 00 01 78  08 00 01 72  09 00 01 00  26 00 01 6b 00 01 76
      00 03 77 2f 74  00 02 68 69  00 01 75  00 01 70`,
    value: {
      type: 'connect',
      clientId: 'c1',
      cleanStart: true,
      keepAlive: 60,
      properties: {
        sessionExpiryInterval: 10,
        receiveMaximum: 20,
        maximumPacketSize: 256,
        topicAliasMaximum: 5,
        requestResponseInformation: true,
        requestProblemInformation: false,
        authenticationMethod: 'm',
        authenticationData: hex('00 ff'),
        userProperties: [
          ['b', '1'],
          ['a', '2'],
          ['b', ''],
        ],
      },
      will: {
        topic: 'w/t',
        payload: hex('68 69'),
        qos: 2,
        retain: true,
        properties: {
          willDelayInterval: 5,
          payloadFormatIndicator: 1,
          messageExpiryInterval: 60,
          contentType: 'x',
          responseTopic: 'r',
          correlationData: hex('00'),
          userProperties: [['k', 'v']],
        },
      },
      username: 'u',
      password: hex('70'),
    },
  },
];

const connack: readonly Row[] = [
  {
    name: 'CONNACK that accepts',
    section: '3.2',
    sender: 'server',
    bytes: '20 03  00 00  00',
    value: { type: 'connack', sessionPresent: false, reasonCode: 0, properties: {} },
  },
  {
    name: 'CONNACK with the session present',
    section: '3.2.2.1.1',
    sender: 'server',
    bytes: '20 03  01 00  00',
    value: { type: 'connack', sessionPresent: true, reasonCode: 0, properties: {} },
  },
  {
    name: 'CONNACK that refuses',
    section: '3.2.2.2',
    sender: 'server',
    bytes: '20 08  00 87  05  1f 00 02 6e 6f',
    value: { type: 'connack', sessionPresent: false, reasonCode: 0x87, properties: { reasonString: 'no' } },
  },
  {
    name: 'CONNACK with every property',
    section: '3.2.2.3',
    sender: 'server',
    bytes: `20 41  00 00
      3e  11 ff ff ff ff  21 ff ff  24 01  25 00  27 10 00 00 05  12 00 02 78 31  22 00 0a  1f 00 02 6f 6b
          26 00 01 61 00 01 62  28 00  29 01  2a 00  13 00 3c  1a 00 01 69  1c 00 01 73  15 00 01 6d  16 00 01 00`,
    value: {
      type: 'connack',
      sessionPresent: false,
      reasonCode: 0,
      properties: {
        sessionExpiryInterval: 4_294_967_295,
        receiveMaximum: 65_535,
        maximumQoS: 1,
        retainAvailable: false,
        maximumPacketSize: 268_435_461,
        assignedClientIdentifier: 'x1',
        topicAliasMaximum: 10,
        reasonString: 'ok',
        userProperties: [['a', 'b']],
        wildcardSubscriptionAvailable: false,
        subscriptionIdentifierAvailable: true,
        sharedSubscriptionAvailable: false,
        serverKeepAlive: 60,
        responseInformation: 'i',
        serverReference: 's',
        authenticationMethod: 'm',
        authenticationData: hex('00'),
      },
    },
  },
];

const ping: readonly Row[] = [
  { name: 'PINGREQ', section: '3.12', sender: 'client', bytes: 'c0 00', value: { type: 'pingreq' } },
  { name: 'PINGRESP', section: '3.13', sender: 'server', bytes: 'd0 00', value: { type: 'pingresp' } },
];

const disconnect: readonly Row[] = [
  {
    name: 'DISCONNECT, nothing but the header',
    section: '3.14.2.1',
    sender: 'both',
    bytes: 'e0 00',
    value: { type: 'disconnect', reasonCode: 0 },
  },
  {
    name: 'DISCONNECT, success spelled out',
    section: '3.14.2.1',
    sender: 'both',
    bytes: 'e0 01  00',
    value: { type: 'disconnect', reasonCode: 0 },
    shortest: 'e0 00',
  },
  {
    name: 'DISCONNECT, success and no properties spelled out',
    section: '3.14.2.2.1',
    sender: 'both',
    bytes: 'e0 02  00 00',
    value: { type: 'disconnect', reasonCode: 0, properties: {} },
    shortest: 'e0 00',
  },
  {
    name: 'DISCONNECT with a reason code alone',
    section: '3.14.2.1',
    sender: 'both',
    bytes: 'e0 01  82',
    value: { type: 'disconnect', reasonCode: 0x82 },
  },
  {
    name: 'DISCONNECT, no properties spelled out',
    section: '3.14.2.2.1',
    sender: 'both',
    bytes: 'e0 02  82 00',
    value: { type: 'disconnect', reasonCode: 0x82, properties: {} },
    shortest: 'e0 01 82',
  },
  {
    name: 'DISCONNECT that lets the will be published',
    section: '3.14.2.1',
    sender: 'client',
    bytes: 'e0 01  04',
    value: { type: 'disconnect', reasonCode: 4 },
  },
  {
    name: 'DISCONNECT of a client with every property',
    section: '3.14.2.2',
    sender: 'client',
    bytes: 'e0 13  00  11  11 00 00 00 00  1f 00 02 6f 6b  26 00 01 61 00 01 62',
    value: {
      type: 'disconnect',
      reasonCode: 0,
      properties: { sessionExpiryInterval: 0, reasonString: 'ok', userProperties: [['a', 'b']] },
    },
  },
  {
    name: 'DISCONNECT of a server with every property',
    section: '3.14.2.2',
    sender: 'server',
    bytes: 'e0 13  9d  11  1c 00 02 6f 74  1f 00 02 67 6f  26 00 01 61 00 01 62',
    value: {
      type: 'disconnect',
      reasonCode: 0x9d,
      properties: { serverReference: 'ot', reasonString: 'go', userProperties: [['a', 'b']] },
    },
  },
];

const auth: readonly Row[] = [
  {
    name: 'AUTH that continues',
    section: '3.15',
    sender: 'both',
    bytes: 'f0 06  18  04  15 00 01 6d',
    value: { type: 'auth', reasonCode: 0x18, properties: { authenticationMethod: 'm' } },
  },
  {
    name: 'AUTH that starts again',
    section: '3.15.2.1',
    sender: 'client',
    bytes: 'f0 06  19  04  15 00 01 6d',
    value: { type: 'auth', reasonCode: 0x19, properties: { authenticationMethod: 'm' } },
  },
  {
    name: 'AUTH that is done',
    section: '3.15.2.1',
    sender: 'server',
    bytes: 'f0 06  00  04  15 00 01 6d',
    value: { type: 'auth', reasonCode: 0, properties: { authenticationMethod: 'm' } },
  },
  {
    name: 'AUTH with every property, the data in front of its method',
    section: '3.15.2.2',
    sender: 'both',
    bytes: 'f0 17  18  15  16 00 02 00 ff  15 00 01 6d  1f 00 02 6f 6b  26 00 01 61 00 01 62',
    value: {
      type: 'auth',
      reasonCode: 0x18,
      properties: {
        authenticationData: hex('00 ff'),
        authenticationMethod: 'm',
        reasonString: 'ok',
        userProperties: [['a', 'b']],
      },
    },
  },
];

export const connectionRows: readonly Row[] = [...connect, ...connack, ...ping, ...disconnect, ...auth];
