import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { decodePacket, frameLength, type Packet, type Sender } from '@minimq/core/codec';
import { WIRE_VECTOR_GROUPS, wireVectors, type WireVector, type WireVectorGroup } from '@minimq/testkit/conformance';
import { Client } from '../protocol/engine/client.ts';
import { hex, toHex } from './bytes.ts';
import { compared, theirDecode, theirs } from './mqtt-packet.ts';

// The table of packets that the testkit makes from the rules, without this codec: both decoders have to agree with all.

/** How many vectors each group has: what is lost by mistake is missed here. */
const COUNTS: Readonly<Record<WireVectorGroup, number>> = {
  whole: 161,
  'cut-off': 1_940,
  shortened: 1_791,
  'trailing-bytes': 182,
  'fixed-header': 512,
  'remaining-length': 140,
  'field-length': 114,
  varint: 91,
  flags: 526,
  protocol: 16,
  'packet-identifier': 80,
  'reason-code': 792,
  property: 228,
  'property-length': 426,
  'property-repeated': 170,
  'property-misplaced': 482,
  'property-out-of-range': 37,
  'property-unknown': 189,
  'property-missing': 6,
  'utf-8': 2_184,
  topic: 198,
};

const TABLE: readonly WireVector[] = [...wireVectors()];

const SENDERS: readonly Sender[] = ['client', 'server'];

function ofGroup(group: WireVectorGroup): readonly WireVector[] {
  return TABLE.filter((vector) => vector.group === group);
}

interface Refusal {
  readonly code: string;
  readonly reasonCode: number;
}

/** What the decoder throws, or the packet. */
function decoded({ hex: bytes, sender }: WireVector): Packet | Refusal {
  try {
    return comparable(decodePacket(hex(bytes), sender));
  } catch (error) {
    const { code, reasonCode } = error as Refusal;
    return { code, reasonCode };
  }
}

/** Without what is undefined, and without properties where there are none. */
function comparable(packet: Packet): Packet {
  return plain(packet) as Packet;
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, inner]) => {
    const isLeftOut = inner === undefined || (name === 'properties' && Object.keys(inner as object).length === 0);
    return isLeftOut ? [] : [[name, plain(inner)] as const];
  });
  return Object.fromEntries(entries);
}

/** Why a refusal is not what the vector says; undefined: it is. */
function complaint(vector: WireVector, reasonCodes: readonly number[]): string | undefined {
  const result = decoded(vector);
  if ('type' in result) return `${vector.name} [${vector.rule}] ${vector.hex}: taken as ${JSON.stringify(result)}`;
  if (result.code === 'invalid-packet' && reasonCodes.includes(result.reasonCode)) return undefined;
  return `${vector.name} [${vector.rule}] ${vector.hex}: refused with ${JSON.stringify(result)}`;
}

describe('the table', () => {
  it('has as many vectors as it should, from both sides', () => {
    const counts = WIRE_VECTOR_GROUPS.map((group) => [group, ofGroup(group).length] as const);
    expect(Object.fromEntries(counts)).toEqual(COUNTS);
    for (const sender of SENDERS) {
      expect(TABLE.filter((vector) => vector.sender === sender).length).toBeGreaterThan(1500);
    }
  });

  it('gives one group where one is asked for', () => {
    expect([...wireVectors('topic')]).toEqual(ofGroup('topic'));
  });

  it('has no name twice', () => {
    expect(new Set(TABLE.map(({ name }) => name)).size).toBe(TABLE.length);
  });

  it('names a statement or a section each time', () => {
    const rules = new Set(TABLE.map(({ rule }) => rule));
    expect([...rules].filter((rule) => !/^(MQTT-\d\.\d+\.\d+-\d+|\d(\.\d+)+)$/.test(rule))).toEqual([]);
  });

  it('has all three verdicts on every packet that a side sends', () => {
    const kinds = new Set<string>();
    for (const { hex: bytes, sender, verdict } of TABLE) kinds.add(`${sender} ${bytes[0]} ${verdict.kind}`);
    const types: Readonly<Record<Sender, string>> = { client: '1345678acef', server: '2345679bdef' };
    for (const sender of SENDERS) {
      for (const type of types[sender]) {
        for (const kind of ['valid', 'invalid', 'incomplete']) expect(kinds).toContain(`${sender} ${type} ${kind}`);
      }
    }
  });
});

describe('mqtt-packet', () => {
  it('reads what is right as the table says', () => {
    for (const { name, hex: bytes, verdict } of TABLE) {
      if (verdict.kind !== 'valid') continue;
      expect(compared(theirDecode(hex(bytes))), `${name} ${bytes}`).toEqual(compared(theirs(verdict.packet)));
    }
  });
});

describe.each(WIRE_VECTOR_GROUPS)('%s', (group) => {
  const vectors = ofGroup(group);

  it('is taken, refused or waited for', () => {
    const complaints: string[] = [];
    for (const vector of vectors) {
      const { verdict } = vector;
      if (verdict.kind === 'valid') expect(decoded(vector), `${vector.name} ${vector.hex}`).toEqual(verdict.packet);
      else {
        // A decoder of whole packets calls a beginning malformed.
        const found = complaint(vector, verdict.kind === 'invalid' ? verdict.reasonCodes : [0x81]);
        if (found !== undefined) complaints.push(found);
      }
    }
    expect(complaints).toEqual([]);
  });

  it('has the length that its first bytes say, byte by byte', () => {
    for (const { name, hex: text, verdict } of vectors) {
      const bytes = hex(text);
      if (verdict.kind === 'invalid') continue;
      const lengths = Array.from(bytes, (_, i) => frameLength(bytes, 0, i + 1));
      const known = lengths.filter((length) => length !== 0);
      expect(new Set(known).size, name).toBeLessThanOrEqual(1);
      if (verdict.kind === 'valid') expect(lengths.at(-1), name).toBe(bytes.length);
      else expect([0, Math.max(known[0] ?? 0, bytes.length + 1)], name).toContain(lengths.at(-1));
    }
  });
});

/** What a client's engine makes of bytes behind a CONNECT, and behind a CONNACK unless they are one. */
interface Heard {
  readonly output: string;
  readonly state: string;
  /** `protocol`; before a CONNACK `invalid-packet`. Undefined: the connection lives on. */
  readonly end: string | undefined;
  readonly reasonCode: number | undefined;
  readonly messageCount: number;
}

function heard(vector: WireVector, chunk: number): Heard {
  const client = new Client({ rx: 65_536, topicAliasMaximum: 65_535, requestResponseInformation: true });
  if (isConnack(vector)) client.start();
  else client.connect();
  client.feed(vector.hex, chunk);
  const messageCount = client.isReading ? client.texts().length : 0;
  const output = client.output();
  const closed = client.happened().find((event) => event.kind === 'closed');
  const { by, code, reasonCode } = (closed?.error ?? {}) as Partial<Refusal> & { readonly by?: string };
  return { output, state: client.engine.state, end: by ?? code, reasonCode, messageCount };
}

const heardBefore = new Map<WireVector, Heard>();

/** One byte at a time; worked out once for all the tests. */
function heardByteByByte(vector: WireVector): Heard {
  const before = heardBefore.get(vector);
  if (before !== undefined) return before;
  const now = heard(vector, 1);
  heardBefore.set(vector, now);
  return now;
}

/** How a connection ends where the packet is wrong. */
function endOf(vector: WireVector): string {
  return isConnack(vector) ? 'invalid-packet' : 'protocol';
}

function isConnack({ hex: bytes }: WireVector): boolean {
  return bytes.startsWith('2');
}

describe('the engine of a client', () => {
  const vectors = TABLE.filter(({ sender }) => sender === 'server');

  it('hears the same byte by byte as at once', () => {
    const others = vectors.filter(
      (vector) => !isDeepStrictEqual(heardByteByByte(vector), heard(vector, Number.POSITIVE_INFINITY)),
    );
    expect(others.map(({ name, hex: bytes }) => `${name} ${bytes}`)).toEqual([]);
  });

  it('ends the connection where a packet is wrong, with the reason code that the vector allows', () => {
    const complaints: string[] = [];
    for (const vector of vectors) {
      const { name, hex: bytes, verdict } = vector;
      if (verdict.kind !== 'invalid') continue;
      // An AUTH that nobody agreed on is wrong by itself.
      const reasonCodes = bytes.startsWith('f') ? [...verdict.reasonCodes, 0x82] : verdict.reasonCodes;
      const { end, reasonCode, output } = heardByteByByte(vector);
      const isAllowed = reasonCode !== undefined && reasonCodes.includes(reasonCode);
      if (end === endOf(vector) && isAllowed && output === `e0 01 ${toHex(new Uint8Array([reasonCode]))}`) continue;
      complaints.push(`${name} ${bytes}: ${end}, ${reasonCode} and ${output}`);
    }
    expect(complaints).toEqual([]);
  });

  it('waits for the rest of a packet, unless that is longer than it takes', () => {
    for (const vector of vectors) {
      if (vector.verdict.kind !== 'incomplete') continue;
      const isTooLong = vector.name.includes('268,435,455');
      expect(heardByteByByte(vector), `${vector.name} ${vector.hex}`).toMatchObject(
        isTooLong ? { end: endOf(vector), reasonCode: 0x95 } : { end: undefined, output: '', messageCount: 0 },
      );
    }
  });

  it('delivers a PUBLISH that is right', () => {
    const publishes = vectors.filter(({ hex: bytes, verdict }) => bytes.startsWith('3') && verdict.kind === 'valid');
    for (const vector of publishes) {
      const packet = (vector.verdict as { packet: Packet & { type: 'publish' } }).packet;
      // An alias that stands for no topic yet is the engine's to refuse.
      if (packet.topic !== '')
        expect(heardByteByByte(vector), vector.name).toMatchObject({ end: undefined, messageCount: 1 });
    }
  });
});
