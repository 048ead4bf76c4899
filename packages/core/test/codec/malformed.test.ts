import { describe, expect, it } from 'vitest';
import { decodePacket, type Sender } from '@minimq/core/codec';
import { hex } from './bytes.ts';
import { errorOf, expectInvalidPacket } from './refusal.ts';

// Sections 1 to 5 and 11 of what a receiver has to refuse, except what has a file of its own: text, Variable Byte
// Integers, properties where they do not belong, reason codes.

/** Name, statement (or section), bytes, the reason code of the DISCONNECT, and what the message has to say. */
type Case = readonly [name: string, rule: string, bytes: string, reasonCode: number, what: RegExp];

const fromServer: readonly Case[] = [
  // Fixed header.
  ['type 0', '2.1.2', '00 00', 0x81, /type 0/],
  ['type 0 with flags', '2.1.2', '0f 00', 0x81, /type 0/],
  ['CONNACK with flags', 'MQTT-2.1.3-1', '21 03  00 00  00', 0x81, /CONNACK.*reserved bits/],
  ['PUBACK with flags', 'MQTT-2.1.3-1', '42 02  00 01', 0x81, /PUBACK.*reserved bits/],
  ['PUBREC with flags', 'MQTT-2.1.3-1', '58 02  00 01', 0x81, /PUBREC.*reserved bits/],
  ['PUBREL without its flags', 'MQTT-3.6.1-1', '60 02  00 01', 0x81, /PUBREL.*reserved bits/],
  ['PUBREL with DUP', 'MQTT-3.6.1-1', '6a 02  00 01', 0x81, /PUBREL.*reserved bits/],
  ['PUBREL with one flag more', 'MQTT-3.6.1-1', '63 02  00 01', 0x81, /PUBREL.*reserved bits/],
  ['PUBCOMP with flags', 'MQTT-2.1.3-1', '72 02  00 01', 0x81, /PUBCOMP.*reserved bits/],
  ['SUBACK with flags', 'MQTT-2.1.3-1', '91 04  00 01  00  00', 0x81, /SUBACK.*reserved bits/],
  ['UNSUBACK with flags', 'MQTT-2.1.3-1', 'b2 04  00 01  00  00', 0x81, /UNSUBACK.*reserved bits/],
  ['PINGRESP with flags', 'MQTT-2.1.3-1', 'd1 00', 0x81, /PINGRESP.*reserved bits/],
  ['DISCONNECT with flags', 'MQTT-3.14.1-1', 'e1 00', 0x81, /DISCONNECT.*reserved bits/],
  ['AUTH with flags', 'MQTT-3.15.1-1', 'f1 06  18  04  15 00 01 6d', 0x81, /AUTH.*reserved bits/],
  ['PUBLISH of QoS 3', 'MQTT-3.3.1-4', '36 06  00 01 61  00 01  00', 0x81, /QoS 3/],
  ['PUBLISH of QoS 3, retained', 'MQTT-3.3.1-4', '37 06  00 01 61  00 01  00', 0x81, /QoS 3/],
  ['PUBLISH of QoS 3, once more', 'MQTT-3.3.1-4', '3e 06  00 01 61  00 01  00', 0x81, /QoS 3/],
  ['PUBLISH of QoS 3 with every flag', 'MQTT-3.3.1-4', '3f 06  00 01 61  00 01  00', 0x81, /QoS 3/],
  ['PUBLISH of QoS 0 with DUP', 'MQTT-3.3.1-2', '38 04  00 01 61  00', 0x82, /QoS 0.*DUP/],

  // Packets that only a client sends.
  ['CONNECT', '2.1.2', '10 0d  00 04 4d 51 54 54 05 02 00 3c  00  00 00', 0x82, /CONNECT.*server/],
  ['SUBSCRIBE', '2.1.2', '82 07  00 01  00  00 01 61  00', 0x82, /SUBSCRIBE.*server/],
  ['UNSUBSCRIBE', '2.1.2', 'a2 06  00 01  00  00 01 61', 0x82, /UNSUBSCRIBE.*server/],
  ['PINGREQ', '2.1.2', 'c0 00', 0x82, /PINGREQ.*server/],

  // CONNACK.
  ['CONNACK with a reserved flag', 'MQTT-3.2.2-1', '20 03  02 00  00', 0x81, /reserved flags/],
  ['CONNACK with a reserved flag and a session', 'MQTT-3.2.2-1', '20 03  81 00  00', 0x81, /reserved flags/],
  ['CONNACK without Property Length', '3.2.2.3.1', '20 02  00 00', 0x81, /CONNACK ends/],
  ['CONNACK of MQTT 3.1.1', '3.2.2.3.1', '20 02  00 05', 0x82, /0x05/],
  ['CONNACK without a reason code', '3.2.2.2', '20 01  00', 0x81, /CONNACK ends/],
  ['CONNACK of nothing', '3.2.2', '20 00', 0x81, /CONNACK ends/],
  ['CONNACK with a byte behind it', '2.1.4', '20 04  00 00  00  00', 0x81, /CONNACK is longer/],
  ['CONNACK, data without a method', '3.2.2.3.18', '20 07  00 00  04  16 00 01 00', 0x82, /without a method/],

  // PUBLISH.
  ['PUBLISH without topic or alias', 'MQTT-4.7.3-1', '30 03  00 00  00', 0x82, /neither a topic nor/],
  ['PUBLISH with + in its topic', 'MQTT-3.3.2-2', '30 06  00 03 61 2f 2b  00', 0x90, /wildcard/],
  ['PUBLISH with # in its topic', 'MQTT-3.3.2-2', '30 06  00 03 61 2f 23  00', 0x90, /wildcard/],
  ['PUBLISH with a wildcard inside a word', 'MQTT-3.3.2-2', '30 06  00 03 61 23 62  00', 0x90, /wildcard/],
  ['PUBLISH with U+0000 in its topic', 'MQTT-4.7.3-2', '30 05  00 02 61 00  00', 0x81, /UTF-8/],
  ['PUBLISH with a topic behind its end', 'MQTT-3.3.2-1', '30 05  00 04 61 62 63', 0x81, /PUBLISH ends/],
  ['PUBLISH with half a topic length', 'MQTT-3.3.2-1', '30 01  00', 0x81, /PUBLISH ends/],
  ['PUBLISH of nothing', 'MQTT-3.3.2-1', '30 00', 0x81, /PUBLISH ends/],
  ['PUBLISH of QoS 1 with identifier 0', 'MQTT-2.2.1-4', '32 06  00 01 61  00 00  00', 0x82, /identifier is 0/],
  ['PUBLISH of QoS 2 with identifier 0', 'MQTT-2.2.1-4', '34 06  00 01 61  00 00  00', 0x82, /identifier is 0/],
  ['PUBLISH of QoS 1 without identifier', '2.2.1', '32 03  00 01 61', 0x81, /PUBLISH ends/],
  ['PUBLISH with half an identifier', '2.2.1', '32 04  00 01 61  00', 0x81, /PUBLISH ends/],
  ['PUBLISH without Property Length', '3.3.2.3.1', '30 03  00 01 61', 0x81, /PUBLISH ends/],
  ['PUBLISH, properties behind its end', '3.3.2.3.1', '30 05  00 01 61  02 01', 0x81, /behind the packet/],
  ['PUBLISH, properties take 268,435,455', '3.3.2.3.1', '30 07  00 01 61  ff ff ff 7f', 0x81, /behind the packet/],
  ['PUBLISH, a property that takes payload', '2.2.2', '30 07  00 01 61  01 01  00 00', 0x81, /PUBLISH ends/],
  ['PUBLISH with alias 0', 'MQTT-3.3.2-8', '30 07  00 01 61  03 23 00 00', 0x94, /topicAlias is 0/],
  ['PUBLISH with alias 0 and no topic', 'MQTT-3.3.2-8', '30 06  00 00  03 23 00 00', 0x94, /topicAlias is 0/],
  ['PUBLISH with an empty Response Topic', '3.3.2.3.5', '30 07  00 01 61  03 08 00 00', 0x82, /responseTopic.*empty/],
  ['PUBLISH with # in its Response Topic', 'MQTT-3.3.2-14', '30 09  00 01 61  05 08 00 02 72 23', 0x82, /wildcard/],
  ['PUBLISH with + in its Response Topic', 'MQTT-3.3.2-14', '30 09  00 01 61  05 08 00 02 2b 72', 0x82, /wildcard/],
  ['PUBLISH with Subscription Identifier 0', '3.3.2.3.8', '30 06  00 01 61  02 0b 00', 0x82, /is 0/],

  // PUBACK, PUBREC, PUBREL and PUBCOMP.
  ['PUBACK with identifier 0', '2.2.1', '40 02  00 00', 0x82, /identifier is 0/],
  ['PUBREC with identifier 0', '2.2.1', '50 02  00 00', 0x82, /identifier is 0/],
  ['PUBREL with identifier 0', '2.2.1', '62 02  00 00', 0x82, /identifier is 0/],
  ['PUBCOMP with identifier 0', '2.2.1', '70 02  00 00', 0x82, /identifier is 0/],
  ['PUBACK of nothing', '3.4.2', '40 00', 0x81, /PUBACK ends/],
  ['PUBREC with half an identifier', '3.5.2', '50 01  00', 0x81, /PUBREC ends/],
  ['PUBREL, properties behind its end', '3.6.2.2.1', '62 04  00 01  00  01', 0x81, /PUBREL points behind/],
  ['PUBCOMP with a byte behind it', '2.1.4', '70 05  00 01  00  00  00', 0x81, /PUBCOMP is longer/],

  // SUBACK and UNSUBACK.
  ['SUBACK with identifier 0', '2.2.1', '90 04  00 00  00  00', 0x82, /identifier is 0/],
  ['SUBACK without codes', 'MQTT-3.8.4-6', '90 03  00 01  00', 0x82, /no reason code/],
  ['SUBACK without Property Length', '3.9.2.1.1', '90 02  00 01', 0x81, /SUBACK ends/],
  ['SUBACK, properties behind its end', '3.9.2.1.1', '90 04  00 01  02 00', 0x81, /SUBACK points behind/],
  ['UNSUBACK with identifier 0', '2.2.1', 'b0 04  00 00  00  00', 0x82, /identifier is 0/],
  ['UNSUBACK without codes', 'MQTT-3.11.3-1', 'b0 03  00 01  00', 0x82, /no reason code/],
  ['UNSUBACK of MQTT 3.1.1', '3.11.2.1.1', 'b0 02  00 01', 0x81, /UNSUBACK ends/],

  // The rest.
  ['PINGRESP with a body', '3.13', 'd0 01  00', 0x81, /PINGRESP is longer/],
  ['DISCONNECT, properties behind its end', '3.14.2.2.1', 'e0 02  00  01', 0x81, /DISCONNECT points behind/],
  ['DISCONNECT with a byte behind it', '2.1.4', 'e0 03  00  00  00', 0x81, /DISCONNECT is longer/],
  ['DISCONNECT with Session Expiry', 'MQTT-3.14.2-2', 'e0 07  00  05  11 00 00 00 01', 0x82, /sessionExpiryInterval/],
  ['AUTH of nothing', '3.15.2.2.2', 'f0 00', 0x82, /no authentication method/],
  ['AUTH without Property Length', '3.15.2.2.1', 'f0 01  18', 0x81, /AUTH ends/],
  ['AUTH without a method', 'MQTT-4.12.0-5', 'f0 02  18  00', 0x82, /no authentication method/],
  ['AUTH with data alone', '3.15.2.2.2', 'f0 06  18  04  16 00 01 00', 0x82, /without a method/],
  ['AUTH with a byte behind it', '2.1.4', 'f0 07  18  04  15 00 01 6d  00', 0x81, /AUTH is longer/],
  ['AUTH 0x19', 'MQTT-3.15.2-1', 'f0 06  19  04  15 00 01 6d', 0x82, /0x19/],
];

const fromClient: readonly Case[] = [
  // Fixed header.
  ['CONNECT with flags', 'MQTT-2.1.3-1', '11 0d  00 04 4d 51 54 54 05 02 00 3c  00  00 00', 0x81, /reserved bits/],
  ['SUBSCRIBE without its flags', 'MQTT-3.8.1-1', '80 07  00 01  00  00 01 61  00', 0x81, /reserved bits/],
  ['SUBSCRIBE with DUP', 'MQTT-3.8.1-1', '8a 07  00 01  00  00 01 61  00', 0x81, /reserved bits/],
  ['UNSUBSCRIBE without its flags', 'MQTT-3.10.1-1', 'a0 06  00 01  00  00 01 61', 0x81, /reserved bits/],
  ['PINGREQ with flags', 'MQTT-2.1.3-1', 'c1 00', 0x81, /reserved bits/],

  // Packets that only a server sends.
  ['CONNACK', '2.1.2', '20 03  00 00  00', 0x82, /CONNACK.*client/],
  ['SUBACK', '2.1.2', '90 04  00 01  00  00', 0x82, /SUBACK.*client/],
  ['UNSUBACK', '2.1.2', 'b0 04  00 01  00  00', 0x82, /UNSUBACK.*client/],
  ['PINGRESP', '2.1.2', 'd0 00', 0x82, /PINGRESP.*client/],

  // CONNECT.
  ['another protocol name', 'MQTT-3.1.2-1', '10 0d  00 04 4d 51 54 58 05 02 00 3c  00  00 00', 0x84, /MQTT 5/],
  ['MQTT 3.1', 'MQTT-3.1.2-1', '10 0e  00 06 4d 51 49 73 64 70 03 02 00 3c  00 00', 0x84, /MQTT 5/],
  ['MQTT 3.1.1', 'MQTT-3.1.2-2', '10 0c  00 04 4d 51 54 54 04 02 00 3c  00 00', 0x84, /MQTT 5/],
  ['MQTT 6', 'MQTT-3.1.2-2', '10 0d  00 04 4d 51 54 54 06 02 00 3c  00  00 00', 0x84, /MQTT 5/],
  ['the reserved flag', 'MQTT-3.1.2-3', '10 0d  00 04 4d 51 54 54 05 03 00 3c  00  00 00', 0x81, /reserved bit/],
  ['a QoS for no will', 'MQTT-3.1.2-11', '10 0d  00 04 4d 51 54 54 05 08 00 3c  00  00 00', 0x81, /will bits/],
  ['RETAIN for no will', 'MQTT-3.1.2-13', '10 0d  00 04 4d 51 54 54 05 20 00 3c  00  00 00', 0x81, /will bits/],
  [
    'will QoS 3',
    'MQTT-3.1.2-12',
    '10 13  00 04 4d 51 54 54 05 1c 00 00  00  00 00  00  00 01 74  00 00',
    0x81,
    /will bits/,
  ],
  ['no ClientID', 'MQTT-3.1.3-3', '10 0b  00 04 4d 51 54 54 05 02 00 3c  00', 0x81, /CONNECT ends/],
  ['no will behind its flag', 'MQTT-3.1.2-9', '10 0d  00 04 4d 51 54 54 05 04 00 00  00  00 00', 0x81, /CONNECT ends/],
  ['no user name behind its flag', 'MQTT-3.1.2-17', '10 0d  00 04 4d 51 54 54 05 80 00 00  00  00 00', 0x81, /ends/],
  [
    'a user name without its flag',
    'MQTT-3.1.2-16',
    '10 0f  00 04 4d 51 54 54 05 00 00 00  00  00 00  00 00',
    0x81,
    /longer/,
  ],
  ['no password behind its flag', 'MQTT-3.1.2-19', '10 0d  00 04 4d 51 54 54 05 40 00 00  00  00 00', 0x81, /ends/],
  [
    'a password without its flag',
    'MQTT-3.1.2-18',
    '10 11  00 04 4d 51 54 54 05 80 00 00  00  00 00  00 00  00 00',
    0x81,
    /longer/,
  ],
  ['CONNECT without Property Length', '3.1.2.11.1', '10 0a  00 04 4d 51 54 54 05 02 00 3c', 0x81, /CONNECT ends/],
  [
    'CONNECT, data without a method',
    '3.1.2.11.10',
    '10 11  00 04 4d 51 54 54 05 02 00 3c  04  16 00 01 00  00 00',
    0x82,
    /without a method/,
  ],
  [
    'an empty will topic',
    'MQTT-4.7.3-1',
    '10 12  00 04 4d 51 54 54 05 04 00 00  00  00 00  00  00 00  00 00',
    0x90,
    /will is empty/,
  ],
  [
    'a wildcard in the will topic',
    'MQTT-4.7.0-1',
    '10 13  00 04 4d 51 54 54 05 04 00 00  00  00 00  00  00 01 23  00 00',
    0x90,
    /wildcard/,
  ],

  // PUBLISH and its answers.
  [
    'PUBLISH with a Subscription Identifier',
    'MQTT-3.3.4-6',
    '30 06  00 01 61  02 0b 01',
    0x82,
    /subscriptionIdentifiers/,
  ],
  ['PUBACK 0x10', 'MQTT-3.4.2-1', '40 03  00 01  10', 0x82, /0x10/],
  ['PUBREC 0x10', 'MQTT-3.5.2-1', '50 03  00 01  10', 0x82, /0x10/],

  // SUBSCRIBE and UNSUBSCRIBE.
  ['SUBSCRIBE with identifier 0', 'MQTT-2.2.1-3', '82 07  00 00  00  00 01 61  00', 0x82, /identifier is 0/],
  ['SUBSCRIBE without filters', 'MQTT-3.8.3-2', '82 03  00 01  00', 0x82, /no topic filter/],
  ['SUBSCRIBE without options', '3.8.3.1', '82 06  00 01  00  00 01 61', 0x81, /SUBSCRIBE ends/],
  ['SUBSCRIBE with option bit 6', 'MQTT-3.8.3-5', '82 07  00 01  00  00 01 61  40', 0x81, /reserved option bits/],
  ['SUBSCRIBE with option bit 7', 'MQTT-3.8.3-5', '82 07  00 01  00  00 01 61  80', 0x81, /reserved option bits/],
  ['SUBSCRIBE for QoS 3', '3.8.3.1', '82 07  00 01  00  00 01 61  03', 0x82, /QoS 3/],
  ['SUBSCRIBE with retain handling 3', '3.8.3.1', '82 07  00 01  00  00 01 61  30', 0x82, /retain handling 3/],
  ['SUBSCRIBE to nothing', 'MQTT-4.7.3-1', '82 06  00 01  00  00 00  00', 0x8f, /topic filter/],
  ['SUBSCRIBE to a#', 'MQTT-4.7.1-1', '82 08  00 01  00  00 02 61 23  00', 0x8f, /'a#'/],
  ['SUBSCRIBE to a+', 'MQTT-4.7.1-2', '82 08  00 01  00  00 02 61 2b  00', 0x8f, /'a\+'/],
  [
    'SUBSCRIBE to $share/g/t with No Local',
    'MQTT-3.8.3-4',
    '82 10  00 01  00  00 0a 24 73 68 61 72 65 2f 67 2f 74  04',
    0x82,
    /No Local/,
  ],
  ['SUBSCRIBE to $share//t', 'MQTT-4.8.2-1', '82 0f  00 01  00  00 09 24 73 68 61 72 65 2f 2f 74  00', 0x8f, /share/],
  ['SUBSCRIBE with identifier property 0', '3.8.2.1.2', '82 09  00 01  02 0b 00  00 01 61  00', 0x82, /is 0/],
  [
    'SUBSCRIBE with two identifiers',
    '3.8.2.1.2',
    '82 0b  00 01  04 0b 01 0b 02  00 01 61  00',
    0x82,
    /repeats the property subscriptionIdentifier/,
  ],
  ['UNSUBSCRIBE with identifier 0', 'MQTT-2.2.1-3', 'a2 06  00 00  00  00 01 61', 0x82, /identifier is 0/],
  ['UNSUBSCRIBE without filters', 'MQTT-3.10.3-2', 'a2 03  00 01  00', 0x82, /no topic filter/],
  ['UNSUBSCRIBE from #/a', 'MQTT-4.7.1-1', 'a2 08  00 01  00  00 03 23 2f 61', 0x8f, /'#\/a'/],
  ['UNSUBSCRIBE with half a filter', '3.10.3', 'a2 05  00 01  00  00 01', 0x81, /UNSUBSCRIBE ends/],

  // The rest.
  ['PINGREQ with a body', '3.12', 'c0 01  00', 0x81, /PINGREQ is longer/],
  ['DISCONNECT with a Server Reference', '3.14.2.2.5', 'e0 06  00  04  1c 00 01 73', 0x82, /serverReference/],
  ['AUTH 0x00', 'MQTT-3.15.2-1', 'f0 06  00  04  15 00 01 6d', 0x82, /0x00/],
  ['AUTH of nothing', '3.15.2.2.2', 'f0 00', 0x82, /no authentication method/],
];

describe.each<[Sender, readonly Case[]]>([
  ['server', fromServer],
  ['client', fromClient],
])('from a %s', (sender, cases) => {
  for (const [name, rule, text, reasonCode, what] of cases) {
    it(`${name} is refused [${rule}]`, () => {
      const run = () => decodePacket(hex(text), sender);
      expectInvalidPacket(run, reasonCode);
      expect((errorOf(run) as Error).message).toMatch(what);
    });
  }
});

describe('what looks wrong and is not', () => {
  it('a CONNACK that refuses with Session Present: the refusal is what the user has to see [MQTT-3.2.2-6]', () => {
    expect(decodePacket(hex('20 03  01 87  00'), 'server')).toEqual({
      type: 'connack',
      sessionPresent: true,
      reasonCode: 0x87,
      properties: {},
    });
  });

  it('a DISCONNECT 0x8C of a server, which one table has and the other has not', () => {
    expect(decodePacket(hex('e0 01  8c'), 'server')).toEqual({ type: 'disconnect', reasonCode: 0x8c });
  });

  it('a topic that begins with $, or has empty levels', () => {
    for (const topic of ['24 53 59 53', '2f', '2f 2f', '61 2f', '24']) {
      const { length } = hex(topic);
      decodePacket(hex(`30 0${3 + length}  00 0${length} ${topic}  00`), 'server');
    }
  });
});
