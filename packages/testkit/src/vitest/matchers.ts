import type { Packet } from '@minimq/core/codec';
import { bytesEqual, bytesOfHex, hexOf } from '../transcript/hex.ts';
import { fieldsOf, formatObject } from '../transcript/fields.ts';
import { Transcript, type ComparisonOptions } from '../transcript/transcript.ts';
import { formatWant, mismatch, type Want } from '../script/match.ts';

interface Outcome {
  readonly pass: boolean;
  message(): string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

/** For `expect.extend(matchers)`. */
export const matchers: {
  toBePacket(received: unknown, wanted: Want): Outcome;
  toBeBytes(received: unknown, hex: string): Outcome;
  toSayTheSameAs(received: unknown, other: Transcript, options?: ComparisonOptions): Outcome;
} = {
  toBePacket(received, wanted) {
    const packet = received as Packet;
    const text = `${packet.type}(${formatObject(Object.fromEntries(fieldsOf(packet)))})`;
    const why = mismatch(wanted, packet, new Uint8Array());
    const which = why === undefined || why.fields.length === 0 ? '' : `; it differs in ${why.fields.join(', ')}`;
    return {
      pass: why === undefined,
      message: () => `${text} ${why === undefined ? 'is' : 'is not'} the packet ${formatWant(wanted)}${which}`,
    };
  },

  toBeBytes(received, hex) {
    const expected = bytesOfHex(hex);
    const isBytes = received instanceof Uint8Array;
    const pass = isBytes && bytesEqual(received, expected);
    const actual = isBytes ? hexOf(received) : received;
    return { pass, message: () => `the bytes ${pass ? 'are' : 'differ'}`, actual, expected: hexOf(expected) };
  },

  toSayTheSameAs(received, other, options) {
    const diff = received instanceof Transcript ? received.diff(other, options) : 'it is not a Transcript';
    return {
      pass: diff === '',
      message: () => (diff === '' ? 'the transcripts say the same' : `the transcripts differ:\n${diff}`),
    };
  },
};

/** What `expect()` can do with the matchers. */
export interface PacketMatchers<Returns = unknown> {
  /** A packet is as wanted: `expect(packet).toBePacket(want.publish({ topic: 'a' }))`. */
  toBePacket(wanted: Want): Returns;
  /** Bytes, in hexadecimal: `expect(bytes).toBeBytes('e0 00')`. */
  toBeBytes(hex: string): Returns;
  /** Two transcripts have the same packets in the same order. */
  toSayTheSameAs(other: Transcript, options?: ComparisonOptions): Returns;
}

declare module 'vitest' {
  interface Matchers<T> extends PacketMatchers<T> {}
}
