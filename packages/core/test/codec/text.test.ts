import { describe, expect, it } from 'vitest';
import { decodePacket, encodePacket, packetLength, type Packet, type Sender } from '@minimq/core/codec';
import { isUtf8, readUtf8, utf8Length, writeUtf8 } from '../../src/codec/utf8.ts';
import { block, framedHex, hex, surrounded, toHex } from './bytes.ts';
import { errorOf, expectInvalidArgument, expectInvalidPacket } from './refusal.ts';

// Sections 1.5.4, 1.5.6 and 1.5.7: UTF-8 strings, binary data and string pairs.

const bad: readonly [name: string, id: string, bytes: string][] = [
  ['U+0000', 'MQTT-1.5.4-2', '00'],
  ['U+0000 between letters', 'MQTT-1.5.4-2', '61 00 62'],
  ['U+0000 at the end', 'MQTT-1.5.4-2', '61 00'],
  ['the first high surrogate', 'MQTT-1.5.4-1', 'ed a0 80'],
  ['the last high surrogate', 'MQTT-1.5.4-1', 'ed af bf'],
  ['the first low surrogate', 'MQTT-1.5.4-1', 'ed b0 80'],
  ['the last low surrogate', 'MQTT-1.5.4-1', 'ed bf bf'],
  ['a pair of surrogates (CESU-8)', 'MQTT-1.5.4-1', 'ed a0 bd ed b8 80'],
  ['U+0000 in two bytes', 'MQTT-1.5.4-1', 'c0 80'],
  ['an overlong slash', 'MQTT-1.5.4-1', 'c0 af'],
  ['an overlong U+007F', 'MQTT-1.5.4-1', 'c1 bf'],
  ['U+0000 in three bytes', 'MQTT-1.5.4-1', 'e0 80 80'],
  ['an overlong U+07FF', 'MQTT-1.5.4-1', 'e0 9f bf'],
  ['U+0000 in four bytes', 'MQTT-1.5.4-1', 'f0 80 80 80'],
  ['an overlong U+FFFF', 'MQTT-1.5.4-1', 'f0 8f bf bf'],
  ['U+110000', 'MQTT-1.5.4-1', 'f4 90 80 80'],
  ['a lead byte above F4', 'MQTT-1.5.4-1', 'f5 80 80 80'],
  ['a lead byte of five', 'MQTT-1.5.4-1', 'f8 88 80 80 80'],
  ['a lead byte of six', 'MQTT-1.5.4-1', 'fc 84 80 80 80 80'],
  ['FE', 'MQTT-1.5.4-1', 'fe'],
  ['FF', 'MQTT-1.5.4-1', 'ff'],
  ['a lone continuation byte', 'MQTT-1.5.4-1', '80'],
  ['a continuation byte too many', 'MQTT-1.5.4-1', 'c3 a9 a9'],
  ['two bytes cut off', 'MQTT-1.5.4-1', 'c3'],
  ['three bytes cut off after one', 'MQTT-1.5.4-1', 'e2'],
  ['three bytes cut off after two', 'MQTT-1.5.4-1', 'e2 82'],
  ['four bytes cut off after one', 'MQTT-1.5.4-1', 'f0'],
  ['four bytes cut off after three', 'MQTT-1.5.4-1', 'f0 9f 98'],
  ['a letter in place of the second byte', 'MQTT-1.5.4-1', 'c3 28'],
  ['a letter in place of the third byte', 'MQTT-1.5.4-1', 'e2 82 28'],
  ['a letter in place of the fourth byte', 'MQTT-1.5.4-1', 'f0 9f 98 28'],
  ['a lead byte in place of the second byte', 'MQTT-1.5.4-1', 'e2 e2 82 ac'],
];

const good: readonly [name: string, bytes: string, text: string][] = [
  ['ASCII', '61 2f 7e', 'a/~'],
  ['U+0001, U+001F and U+007F, which are discouraged only', '01 1f 7f', '\u0001\u001F\u007F'],
  ['U+0080, the first of two bytes', 'c2 80', '\u0080'],
  ['U+07FF, the last of two bytes', 'df bf', '\u07FF'],
  ['U+0800, the first of three bytes', 'e0 a0 80', '\u0800'],
  ['U+D7FF, the last before the surrogates', 'ed 9f bf', '\uD7FF'],
  ['U+E000, the first behind them', 'ee 80 80', '\uE000'],
  ['U+FEFF at the start, in the middle and at the end [MQTT-1.5.4-3]', 'ef bb bf 61 ef bb bf', '\uFEFFa\uFEFF'],
  ['U+FEFF alone [MQTT-1.5.4-3]', 'ef bb bf', '\uFEFF'],
  ['U+FDD0, U+FFFE and U+FFFF, which are discouraged only', 'ef b7 90 ef bf be ef bf bf', '\uFDD0\uFFFE\uFFFF'],
  ['U+FFFD', 'ef bf bd', '\uFFFD'],
  ['U+10000, the first of four bytes', 'f0 90 80 80', '\u{10000}'],
  ['U+1F600', 'f0 9f 98 80', '\u{1F600}'],
  ['U+10FFFF, the last of all', 'f4 8f bf bf', '\u{10FFFF}'],
  ['composed and decomposed letters, as they are', 'c3 a9 65 cc 81', 'é' + 'e\u0301'],
];

/** A text field: its length in two bytes and the bytes given. */
function field(bytes: string): string {
  const { length } = hex(bytes);
  return `${toHex(new Uint8Array([length >> 8, length & 0xff]))} ${bytes}`;
}

const CONNECT = '00 04 4d 51 54 54 05';

/** Every text field of every packet, as bytes with the field in them. */
const fields: readonly [name: string, sender: Sender, packet: (text: string) => Uint8Array][] = [
  ['ClientID [MQTT-3.1.3-4]', 'client', (text) => framedHex('10', CONNECT, '00 00 00 00', text)],
  [
    'Will Topic [MQTT-3.1.3-11]',
    'client',
    (text) => framedHex('10', CONNECT, '04 00 00 00 00 00', '00', text, '00 00'),
  ],
  ['User Name [MQTT-3.1.3-12]', 'client', (text) => framedHex('10', CONNECT, '80 00 00 00 00 00', text)],
  [
    'Will Content Type',
    'client',
    (text) => framedHex('10', CONNECT, '04 00 00 00 00 00', block('03', text), '00 01 74 00 00'),
  ],
  [
    'Will Response Topic',
    'client',
    (text) => framedHex('10', CONNECT, '04 00 00 00 00 00', block('08', text), '00 01 74 00 00'),
  ],
  [
    'Authentication Method of CONNECT',
    'client',
    (text) => framedHex('10', CONNECT, '00 00 00', block('15', text), '00 00'),
  ],
  ['Topic Name [MQTT-3.3.2-1] [MQTT-4.7.3-2]', 'server', (text) => framedHex('30', text, '00')],
  ['Content Type [MQTT-3.3.2-19]', 'server', (text) => framedHex('30', '00 01 61', block('03', text))],
  ['Response Topic [MQTT-3.3.2-13]', 'server', (text) => framedHex('30', '00 01 61', block('08', text))],
  [
    'name of a User Property [MQTT-1.5.7-1]',
    'server',
    (text) => framedHex('30', '00 01 61', block('26', text, '00 00')),
  ],
  ['value of a User Property [MQTT-1.5.7-1]', 'server', (text) => framedHex('30', '00 01 61', block('26 00 00', text))],
  ['Topic Filter of SUBSCRIBE [MQTT-3.8.3-1]', 'client', (text) => framedHex('82', '00 01 00', text, '00')],
  ['Topic Filter of UNSUBSCRIBE [MQTT-3.10.3-1]', 'client', (text) => framedHex('a2', '00 01 00', text)],
  ['Assigned Client Identifier', 'server', (text) => framedHex('20', '00 00', block('12', text))],
  ['Response Information', 'server', (text) => framedHex('20', '00 00', block('1a', text))],
  ['Server Reference', 'server', (text) => framedHex('20', '00 00', block('1c', text))],
  ['Authentication Method of CONNACK', 'server', (text) => framedHex('20', '00 00', block('15', text))],
  ['Reason String of CONNACK', 'server', (text) => framedHex('20', '00 00', block('1f', text))],
  ['Reason String of PUBACK', 'server', (text) => framedHex('40', '00 01 00', block('1f', text))],
  ['Reason String of PUBREL', 'client', (text) => framedHex('62', '00 01 00', block('1f', text))],
  ['Reason String of SUBACK', 'server', (text) => framedHex('90', '00 01', block('1f', text), '00')],
  ['Reason String of UNSUBACK', 'server', (text) => framedHex('b0', '00 01', block('1f', text), '00')],
  ['Reason String of DISCONNECT', 'server', (text) => framedHex('e0', '00', block('1f', text))],
  ['Authentication Method of AUTH', 'server', (text) => framedHex('f0', '18', block('15', text))],
  ['Reason String of AUTH', 'server', (text) => framedHex('f0', '18', block('15 00 01 6d', '1f', text))],
];

describe('ill-formed text', () => {
  for (const [name, id, bytes] of bad) {
    it(`is refused in every field: ${name} (${bytes}) [${id}]`, () => {
      for (const [where, sender, packet] of fields) {
        for (const text of [bytes, `61 ${bytes}`, `${bytes} 7a`]) {
          const error = errorOf(() => decodePacket(packet(field(text)), sender));
          expect(error, `${where}, ${text}`).toMatchObject({
            code: 'invalid-packet',
            reasonCode: 0x81,
            section: '1.5.4',
            message: expect.stringMatching(/UTF-8/) as string,
          });
        }
      }
    });
  }

  it('is refused wherever it stands in a long text', () => {
    for (const [, , bytes] of bad) {
      for (const before of [47, 48, 49, 500]) {
        const text = hex(`${'61'.repeat(before)} ${bytes} ${'62'.repeat(60)}`);
        expect(isUtf8(text, 0, text.length)).toBe(false);
      }
    }
  });

  it('is refused in a field that points behind its packet', () => {
    expectInvalidPacket(() => decodePacket(hex('30 04  00 03 61  00'), 'server'), 0x81);
    expectInvalidPacket(() => decodePacket(hex('30 08  00 01 61  04 03 00 02 61'), 'server'), 0x81);
  });
});

describe('well-formed text', () => {
  for (const [name, bytes, text] of good) {
    it(`is read and written as it is: ${name}`, () => {
      for (const [where, sender, packet] of fields) {
        const encoded = packet(field(bytes));
        const decoded = decodePacket(encoded, sender);
        expect(JSON.stringify(decoded), where).toContain(JSON.stringify(text).slice(1, -1));
        const target = new Uint8Array(encoded.length);
        expect(encodePacket(decoded, sender, target), where).toBe(encoded.length);
        expect(toHex(target), where).toBe(toHex(encoded));
      }
    });
  }

  it('is what Node need not repair, but U+0000: all sequences of up to two bytes, the edges of three and four', () => {
    const edges = [0x00, 0x01, 0x2f, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xff];
    const check = (...bytes: number[]): void => {
      const sequence = Buffer.from(bytes);
      const expected = !bytes.includes(0) && sequence.equals(Buffer.from(sequence.toString()));
      // Compared here instead of with a slow `expect` for each of them.
      if (isUtf8(sequence, 0, bytes.length) !== expected) throw new Error(`${toHex(sequence)}: expected ${expected}`);
    };
    for (let first = 0; first < 256; first++) {
      check(first);
      for (let second = 0; second < 256; second++) check(first, second);
    }
    for (let first = 0xe0; first < 256; first++) {
      for (const second of edges) {
        for (const third of edges) {
          check(first, second, third);
          if (first >= 0xf0) for (const fourth of edges) check(first, second, third, fourth);
        }
      }
    }
  });

  it('is every code point but U+0000 and the surrogates, and nothing changes on the way', () => {
    const step = 0x1000;
    for (let from = 0; from <= 0x10ffff; from += step) {
      if (from === 0xd800) from += 0x800;
      const points = Array.from({ length: from === 0xd000 ? 0x800 : step }, (_, i) => from + i);
      const text = String.fromCodePoint(...points.filter((point) => point !== 0 && point <= 0x10ffff));
      const expected = Buffer.from(text);
      expect(utf8Length(text)).toBe(expected.length);
      const target = new Uint8Array(expected.length + 2).fill(0xaa);
      expect(writeUtf8(target, 1, text)).toBe(1 + expected.length);
      expect(Buffer.compare(target, surrounded(expected, 1, 1))).toBe(0);
      expect(isUtf8(target, 1, 1 + expected.length)).toBe(true);
      expect(readUtf8(target, 1, 1 + expected.length) === text).toBe(true);
    }
  });

  it('is read and written alike at every length', () => {
    for (const unit of ['a', 'é', '€', '\u{1F600}', 'a\u{1F600}']) {
      for (let count = 0; count <= 120; count++) {
        const text = unit.repeat(count);
        const expected = Buffer.from(text);
        const target = new Uint8Array(expected.length + 2).fill(0xaa);
        expect(utf8Length(text)).toBe(expected.length);
        expect(writeUtf8(target, 1, text)).toBe(1 + expected.length);
        expect(Buffer.compare(target, surrounded(expected, 1, 1))).toBe(0);
        expect(readUtf8(target, 1, 1 + expected.length)).toBe(text);
      }
    }
  });
});

describe('a text that a caller gives', () => {
  const message = { type: 'publish', payload: new Uint8Array(0), qos: 0, retain: false, dup: false } as const;

  /** Every text field of every packet, as a packet with the text in it. */
  const texts: readonly [name: string, sender: Sender, packet: (text: string) => Packet][] = [
    ['ClientID [MQTT-3.1.3-4]', 'client', (text) => connect({ clientId: text })],
    ['Will Topic [MQTT-3.1.3-11]', 'client', (text) => connect({ will: { topic: text } })],
    ['User Name [MQTT-3.1.3-12]', 'client', (text) => connect({ username: text })],
    ['Will Content Type', 'client', (text) => connect({ will: { topic: 't', properties: { contentType: text } } })],
    ['Authentication Method', 'client', (text) => connect({ properties: { authenticationMethod: text } })],
    ['Topic Name [MQTT-4.7.3-2] [MQTT-4.7.3-3]', 'client', (text) => ({ ...message, topic: text })],
    ['Content Type', 'client', (text) => ({ ...message, topic: 'a', properties: { contentType: text } })],
    ['Response Topic', 'client', (text) => ({ ...message, topic: 'a', properties: { responseTopic: text } })],
    [
      'name of a User Property',
      'client',
      (text) => ({
        ...message,
        topic: 'a',
        properties: { userProperties: [[text, '']] },
      }),
    ],
    [
      'value of a User Property',
      'client',
      (text) => ({
        ...message,
        topic: 'a',
        properties: { userProperties: [['', text]] },
      }),
    ],
    [
      'Topic Filter of SUBSCRIBE [MQTT-3.8.3-1]',
      'client',
      (text) => ({
        type: 'subscribe',
        packetId: 1,
        subscriptions: [{ topicFilter: text }],
      }),
    ],
    [
      'Topic Filter of UNSUBSCRIBE [MQTT-3.10.3-1]',
      'client',
      (text) => ({
        type: 'unsubscribe',
        packetId: 1,
        topicFilters: [text],
      }),
    ],
    ['Reason String', 'client', (text) => ({ type: 'puback', packetId: 1, properties: { reasonString: text } })],
    [
      'Assigned Client Identifier',
      'server',
      (text) => ({
        type: 'connack',
        sessionPresent: false,
        reasonCode: 0,
        properties: { assignedClientIdentifier: text },
      }),
    ],
  ];

  for (const [name, sender, packet] of texts) {
    it(`is refused as ${name} with U+0000, a lone surrogate or more than 65,535 bytes`, () => {
      for (const wrong of [
        '\0',
        'a\0b',
        '\uD800',
        'a\uDBFF',
        '\uDC00',
        '\uDFFFa',
        '\uDE00\uD83D',
        '\uDC00\uDC00',
        '\uD83D\uD83D\uDE00',
      ]) {
        expectInvalidArgument(() => packetLength(packet(wrong), sender), /without U\+0000 and lone surrogates/);
      }
      for (const wrong of ['x'.repeat(65_536), 'é'.repeat(32_768), `${'\u{1F600}'.repeat(16_383)}aaaa`]) {
        expectInvalidArgument(() => packetLength(packet(wrong), sender), /65,535/);
      }
    });

    it(`goes as ${name} with exactly 65,535 bytes`, () => {
      for (const right of ['x'.repeat(65_535), `${'é'.repeat(32_767)}x`, `${'\u{1F600}'.repeat(16_383)}aaa`]) {
        const target = new Uint8Array(packetLength(packet(right), sender));
        encodePacket(packet(right), sender, target);
        expect(JSON.stringify(decodePacket(target, sender)).includes(right)).toBe(true);
      }
    });
  }

  function connect(fields: Partial<Extract<Packet, { type: 'connect' }>>): Packet {
    return { type: 'connect', clientId: '', cleanStart: true, keepAlive: 0, ...fields };
  }
});

describe('binary data', () => {
  const long = new Uint8Array(65_535).fill(7);
  const tooLong = new Uint8Array(65_536);
  const packets: readonly [name: string, packet: (data: Uint8Array) => Packet][] = [
    ['Password', (password) => ({ type: 'connect', clientId: '', cleanStart: true, keepAlive: 0, password })],
    [
      'Will Payload',
      (payload) => ({
        type: 'connect',
        clientId: '',
        cleanStart: true,
        keepAlive: 0,
        will: { topic: 't', payload },
      }),
    ],
    [
      'Correlation Data',
      (correlationData) => ({
        type: 'publish',
        topic: 'a',
        payload: new Uint8Array(0),
        qos: 0,
        retain: false,
        dup: false,
        properties: { correlationData },
      }),
    ],
    [
      'Authentication Data',
      (authenticationData) => ({
        type: 'auth',
        reasonCode: 0x18,
        properties: { authenticationMethod: 'm', authenticationData },
      }),
    ],
  ];

  for (const [name, packet] of packets) {
    it(`has up to 65,535 bytes as ${name}`, () => {
      for (const data of [new Uint8Array(0), hex('00 ff 80 c0'), long]) {
        const target = new Uint8Array(packetLength(packet(data), 'client'));
        encodePacket(packet(data), 'client', target);
        expect(Buffer.from(target).includes(Buffer.from(data))).toBe(true);
        const again = new Uint8Array(target.length);
        encodePacket(decodePacket(target, 'client'), 'client', again);
        expect(Buffer.compare(again, target)).toBe(0);
      }
      expectInvalidArgument(() => packetLength(packet(tooLong), 'client'), /65,535/);
    });
  }

  it('may be given as text where it often is: a password, the payload of a will; U+0000 included', () => {
    const packet: Packet = {
      type: 'connect',
      clientId: '',
      cleanStart: false,
      keepAlive: 0,
      will: { topic: 't', payload: 'é\0' },
      password: '\0',
    };
    const expected = hex('10 19  00 04 4d 51 54 54 05 44 00 00  00  00 00  00  00 01 74  00 03 c3 a9 00  00 01 00');
    const target = new Uint8Array(expected.length);
    expect(packetLength(packet, 'client')).toBe(expected.length);
    expect(encodePacket(packet, 'client', target)).toBe(expected.length);
    expect(toHex(target)).toBe(toHex(expected));
    expectInvalidArgument(() => packetLength({ ...packet, password: '\uD800' }, 'client'));
    expectInvalidArgument(() => packetLength({ ...packet, password: 'x'.repeat(65_536) }, 'client'), /65,535/);
  });
});
