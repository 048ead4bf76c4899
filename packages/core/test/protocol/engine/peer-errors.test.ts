import { describe, expect, it } from 'vitest';
import { Client, SESSION_PRESENT, type Options } from './client.ts';

// Section 4.13, and every way in which a broker can be wrong: a DISCONNECT with the code that MQTT names, and the end.

interface Case {
  readonly name: string;
  readonly packet: string;
  readonly code: number;
  readonly options?: Options;
}

function wrong(code: number, name: string, packet: string, options?: Options): Case {
  return options === undefined ? { name, packet, code } : { name, packet, code, options };
}

const noProblems: Options = { requestProblemInformation: false };

const cases: readonly Case[] = [
  // 0x81: it cannot be a packet.
  wrong(0x81, 'packet type 0', '00 00'),
  wrong(0x81, '[MQTT-1.5.4-1] a surrogate in a topic', '30 06  00 03 ed a0 80  00'),
  wrong(0x81, '[MQTT-3.3.2-1] ill-formed UTF-8 in a topic', '30 05  00 02 c3 28  00'),
  wrong(0x81, '[MQTT-1.5.4-2] U+0000 in a topic', '30 05  00 02 61 00  00'),
  wrong(0x81, '[MQTT-1.5.4-2] U+0000 in a user property', '30 0e  00 01 61  0a  26 00 03 61 00 62 00 02 61 62'),
  wrong(0x81, '[MQTT-1.5.7-1] ill-formed UTF-8 in a user property', '30 0b  00 01 61  07  26 00 01 ff 00 01 61'),
  wrong(0x81, '[MQTT-3.3.2-13] ill-formed UTF-8 in a response topic', '30 08  00 01 61  04  08 00 01 ff'),
  wrong(0x81, '[MQTT-3.3.2-19] ill-formed UTF-8 in a content type', '30 08  00 01 61  04  03 00 01 ff'),
  wrong(0x81, 'a Remaining Length of five bytes', '30 ff ff ff ff'),
  wrong(0x81, '[MQTT-1.5.5-1] a Remaining Length in more bytes than it needs', '30 84 00'),
  wrong(0x81, 'a Property Length in more bytes than it needs', '30 05  00 01 61  80 00'),
  wrong(0x81, 'a Property Length of five bytes', '30 08  00 01 61  ff ff ff ff 01'),
  wrong(0x81, 'a Property Length beyond the packet', '30 04  00 01 61  01'),
  wrong(0x81, 'a topic beyond the packet', '30 04  00 05 61 62'),
  wrong(0x81, 'a property beyond its block', '30 06  00 01 61  02 02 00'),
  wrong(0x81, 'a PUBLISH of QoS 1 without an identifier', '32 03  00 01 61'),
  wrong(0x81, 'a PUBACK of one byte', '40 01 00'),
  wrong(0x81, 'a PUBACK with bytes behind it', '40 05  00 01 00 00 00'),
  wrong(0x81, 'a SUBACK that ends early', '90 02  00 01'),
  wrong(0x81, 'a PINGRESP with a body', 'd0 01 00'),
  wrong(0x81, '[MQTT-2.1.3-1] reserved bits in PUBACK', '41 02  00 01'),
  wrong(0x81, '[MQTT-3.6.1-1] PUBREL without its bits', '60 02  00 01'),
  wrong(0x81, '[MQTT-2.1.3-1] reserved bits in SUBACK', '91 04  00 01 00 00'),
  wrong(0x81, '[MQTT-2.1.3-1] reserved bits in PINGRESP', 'd1 00'),
  wrong(0x81, '[MQTT-3.14.1-1] reserved bits in DISCONNECT', 'e1 00'),
  wrong(0x81, '[MQTT-3.3.1-4] QoS 3', '36 06  00 01 61 00 01 00'),
  wrong(0x81, 'an unknown property', '30 06  00 01 61  02 7f 00'),
  wrong(0x81, 'a property that PUBLISH cannot have', '30 06  00 01 61  02 24 01'),
  wrong(0x81, 'a property that PUBACK cannot have', '40 06  00 01 00  02 01 01'),

  // 0x82: it can be read, but must not be sent, or not now.
  wrong(0x82, '[MQTT-3.3.1-2] DUP with QoS 0', '38 04  00 01 61 00'),
  wrong(0x82, 'a property twice', '30 08  00 01 61  04 01 01 01 01'),
  wrong(0x82, 'a value out of its range', '30 06  00 01 61  02 01 02'),
  wrong(0x82, 'a Subscription Identifier of 0', '30 06  00 01 61  02 0b 00'),
  wrong(0x82, '[MQTT-3.3.2-14] a response topic with a wildcard', '30 08  00 01 61  04 08 00 01 23'),
  wrong(0x82, '[MQTT-4.7.3-1] no topic', '30 03  00 00  00'),
  wrong(0x82, 'identifier 0 in PUBLISH', '32 06  00 01 61 00 00 00'),
  wrong(0x82, 'identifier 0 in PUBACK', '40 02  00 00'),
  wrong(0x82, 'identifier 0 in PUBREC', '50 02  00 00'),
  wrong(0x82, 'identifier 0 in PUBREL', '62 02  00 00'),
  wrong(0x82, 'identifier 0 in PUBCOMP', '70 02  00 00'),
  wrong(0x82, 'identifier 0 in SUBACK', '90 04  00 00 00 00'),
  wrong(0x82, 'identifier 0 in UNSUBACK', 'b0 04  00 00 00 00'),
  wrong(0x82, 'a SUBACK without a code', '90 03  00 01 00'),
  wrong(0x82, '[MQTT-3.4.2-1] a code that PUBACK has not', '40 03  00 01 92'),
  wrong(0x82, '[MQTT-3.5.2-1] a code that PUBREC has not', '50 03  00 01 92'),
  wrong(0x82, '[MQTT-3.6.2-1] a code that PUBREL has not', '62 03  00 01 80'),
  wrong(0x82, '[MQTT-3.7.2-1] a code that PUBCOMP has not', '70 03  00 01 80'),
  wrong(0x82, 'a code that SUBACK has not', '90 04  00 01 00 03'),
  wrong(0x82, 'a code that UNSUBACK has not', 'b0 04  00 01 00 01'),
  wrong(0x82, '[MQTT-3.14.2-1] a code that DISCONNECT has not', 'e0 01 84'),
  wrong(0x82, 'a session expiry in DISCONNECT', 'e0 07  00  05 11 00 00 00 0a'),
  wrong(0x82, 'CONNECT', '10 0d  00 04 4d 51 54 54 05 02 00 3c  00  00 00'),
  wrong(0x82, 'SUBSCRIBE', '82 07  00 01 00 00 01 61 00'),
  wrong(0x82, 'UNSUBSCRIBE', 'a2 06  00 01 00 00 01 61'),
  wrong(0x82, 'PINGREQ', 'c0 00'),
  wrong(0x82, 'a second CONNACK', '20 03  00 00 00'),
  wrong(0x82, 'AUTH that nobody agreed on', 'f0 06  18  04 15 00 01 6d'),
  wrong(
    0x82,
    '[MQTT-3.1.2-29] a reason string in PUBACK despite our wish',
    '40 08  00 01 00  04 1f 00 01 72',
    noProblems,
  ),
  wrong(
    0x82,
    '[MQTT-3.1.2-29] user properties in PUBREC despite our wish',
    '50 0b  00 01 00  07 26 00 01 6b 00 01 76',
    noProblems,
  ),
  wrong(
    0x82,
    '[MQTT-3.1.2-29] a reason string in PUBREL despite our wish',
    '62 08  00 01 00  04 1f 00 01 72',
    noProblems,
  ),
  wrong(
    0x82,
    '[MQTT-3.1.2-29] a reason string in PUBCOMP despite our wish',
    '70 08  00 01 00  04 1f 00 01 72',
    noProblems,
  ),
  wrong(
    0x82,
    '[MQTT-3.1.2-29] a reason string in SUBACK despite our wish',
    '90 08  00 01  04 1f 00 01 72  00',
    noProblems,
  ),
  wrong(
    0x82,
    '[MQTT-3.1.2-29] user properties in UNSUBACK despite our wish',
    'b0 0b  00 01  07 26 00 01 6b 00 01 76  00',
    noProblems,
  ),

  // Codes of their own.
  wrong(0x90, '[MQTT-3.3.2-2] a topic with a wildcard', '30 06  00 03 61 2f 23  00'),
  wrong(
    0x93,
    '[MQTT-3.3.4-9] more messages than our Receive Maximum',
    '32 06 00 01 61 00 01 00 32 06 00 01 61 00 02 00',
    {
      receiveMaximum: 1,
    },
  ),
  wrong(0x94, '[MQTT-3.3.2-8] alias 0', '30 07  00 01 61  03 23 00 00'),
  wrong(0x94, 'an alias above our maximum', '30 07  00 01 61  03 23 00 01'),
  wrong(0x95, 'a packet above our Maximum Packet Size', '30 fe 07'),
];

describe.each(cases)('$name', ({ packet, code, options }) => {
  it(`is answered with DISCONNECT 0x${code.toString(16)}`, () => {
    const client = new Client(options).connect();
    client.feed(packet);
    client.expectRejected(code, /\[MQTT 5\.0, [1-4](\.\d+)+\]$/);
  });

  it('however it is cut, and behind other packets', () => {
    const client = new Client(options).connect();
    client.feed(`30 05 00 01 61 00 78  d0 00  ${packet}  30 05 00 01 61 00 79`, 1);
    client.expectRejected(code);
    // What was right before it is handed over.
    expect(client.texts()[0]).toBe('x');
  });

  it('ends the connection, not the session', () => {
    const client = new Client(options).connect();
    // An exchange of ours that has nothing to do with it.
    for (let i = 0; i < 6; i++) client.publish({ topic: 'a' });
    for (let i = 0; i < 8; i++) client.subscribe('a');
    const operation = client.publish({ topic: 'a', qos: 1 });
    client.output();
    for (let i = 1; i <= 8; i++) client.feed(`90 04 00 0${i} 00 00`);
    client.feed(packet);
    client.output();
    client.happened();
    expect(client.engine.state).toBe('disconnected');
    expect(operation.state).toBe('pending');
    client.connect(SESSION_PRESENT);
    client.expectOutput('3a 06 00 01 61 00 09 00');
  });
});

describe('an acknowledgement of the wrong kind for an open exchange', () => {
  const kinds: readonly [name: string, qos: 1 | 2, before: string, packet: string][] = [
    ['PUBREC for QoS 1', 1, '', '50 02 00 01'],
    ['PUBCOMP for QoS 1', 1, '', '70 02 00 01'],
    ['PUBACK for QoS 2', 2, '', '40 02 00 01'],
    ['PUBCOMP before PUBREC', 2, '', '70 02 00 01'],
    ['PUBACK after PUBREC', 2, '50 02 00 01', '40 02 00 01'],
    ['SUBACK for a publish', 1, '', '90 04 00 01 00 00'],
    ['UNSUBACK for a publish', 2, '', 'b0 04 00 01 00 00'],
  ];
  it.each(kinds)('[MQTT-4.3.2-3] [MQTT-4.3.3-3] %s is refused with 0x82', (_name, qos, before, packet) => {
    const client = new Client().connect();
    const operation = client.publish({ topic: 'a', qos });
    client.output();
    client.feed(before);
    client.output();
    client.feed(packet);
    client.expectRejected(0x82);
    expect(operation.state).toBe('pending');
  });
});

describe('what the standard leaves open is tolerated', () => {
  const tolerated: readonly [name: string, packet: string, answer: string][] = [
    ['PUBACK for an unknown identifier', '40 02 00 63', ''],
    ['PUBACK of 0x80 for an unknown identifier', '40 03 00 63 80', ''],
    ['PUBCOMP for an unknown identifier', '70 02 00 63', ''],
    ['SUBACK for an unknown identifier', '90 04 00 63 00 00', ''],
    ['UNSUBACK for an unknown identifier', 'b0 04 00 63 00 00', ''],
    ['PUBREC for an unknown identifier', '50 02 00 63', '62 03 00 63 92'],
    ['PUBREC of 0x80 for an unknown identifier', '50 03 00 63 80', '62 03 00 63 92'],
    ['PUBREL for an unknown identifier', '62 02 00 63', '70 03 00 63 92'],
    ['PINGRESP that nobody asked for', 'd0 00', ''],
    ['a second PUBACK', '40 02 00 01  40 02 00 01', ''],
  ];
  it.each(tolerated)('%s', (_name, packet, answer) => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 1 });
    client.output();
    client.feed(packet);
    client.expectOutput(answer);
    expect(client.engine.state).toBe('connected');
    client.publish({ topic: 'a', qos: 1 });
    client.expectOutput('32 06 00 01 61 00 02 00');
  });

  it('PUBREC for an identifier that is out of use', () => {
    const client = new Client().connect();
    client.publish({ topic: 'a', qos: 2 });
    client.output();
    client.cut();
    client.connect('20 05  01 00  02  24 01');
    client.feed('50 02 00 01');
    client.expectOutput('62 03 00 01 92');
    client.feed('70 02 00 01  40 02 00 01');
    client.expectOutput();
    expect(client.engine.state).toBe('connected');
  });
});

describe('problem information that CONNECT declined', () => {
  it('may still come with PUBLISH, CONNACK and DISCONNECT', () => {
    const client = new Client(noProblems).connect('20 0e  00 00  0b  1f 00 01 72  26 00 01 6b 00 01 76');
    client.feed('30 0b  00 01 61  07 26 00 01 6b 00 01 76');
    expect(client.receive().properties).toEqual({ userProperties: [['k', 'v']] });
    client.feed('e0 06  8b  04 1f 00 01 72');
    expect(client.closed().error).toMatchObject({ by: 'broker', reasonString: 'r' });
  });

  it('must not come with AUTH', () => {
    const client = new Client(noProblems);
    client.start({ authenticationMethod: 'm' });
    client.feed('f0 0a  18  08  15 00 01 6d  1f 00 01 72');
    client.expectOutput('e0 01 82');
  });

  it('is not there: property blocks may be empty', () => {
    const client = new Client(noProblems).connect();
    client.publish({ topic: 'a', qos: 1 });
    client.subscribe('a');
    client.output();
    client.feed('40 04 00 01 00 00  90 04 00 02 00 00');
    expect(client.engine.pending).toEqual([]);
    expect(client.engine.state).toBe('connected');
  });
});
