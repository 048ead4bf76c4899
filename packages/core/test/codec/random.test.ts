import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePacket, encodePacket, frameLength, packetLength, type Packet, type Sender } from '@minimq/core/codec';
import { packets } from './arbitrary-packets.ts';
import { bodyOf, framed, hex, toHex } from './bytes.ts';
import { rows, sendersOf } from './rows.ts';

// fast-check prints the seed and the shortest counterexample of a failure; the seed here makes every run the same.
const SEED = 5_000_312;
const senders = ['client', 'server'] as const;

function encode(packet: Packet, sender: Sender): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(packetLength(packet, sender));
  const end = encodePacket(packet, sender, bytes);
  if (end !== bytes.length) throw new Error(`measured ${bytes.length} bytes, wrote ${end}`);
  return bytes;
}

/** Decodes, and fails if anything but the one error for a peer's mistake is thrown. */
function decodeOrRefuse(bytes: Uint8Array, sender: Sender): Packet | undefined {
  try {
    return decodePacket(bytes, sender);
  } catch (error) {
    if (!isInvalidPacket(error)) throw new Error(`${sender}: ${toHex(bytes)}`, { cause: error });
    return undefined;
  }
}

function isInvalidPacket(error: unknown): boolean {
  return error instanceof Error && error.name === 'PeerError' && 'code' in error && error.code === 'invalid-packet';
}

/** What was taken can be sent again, and is then the same: the two directions agree on what is legal. */
function checkTaken(packet: Packet, sender: Sender): void {
  // The one packet that is taken and not sent: see the decoder.
  if (packet.type === 'connack' && packet.sessionPresent && packet.reasonCode >= 0x80) return;
  const again = encode(packet, sender);
  if (Buffer.compare(encode(decodePacket(again, sender), sender), again) !== 0) {
    throw new Error(`${sender}: ${toHex(again)} is not stable`);
  }
}

/** A packet as it comes back: without properties where it has none. */
function plain(packet: Packet): object {
  if (!('properties' in packet)) return packet;
  const { properties, ...rest } = packet;
  return Object.keys(properties ?? {}).length > 0 ? packet : rest;
}

describe.each(senders)('packets of a %s', (sender) => {
  it('come back from their bytes as they were, and to the same bytes', () => {
    fc.assert(
      fc.property(packets(sender), (packet) => {
        const bytes = encode(packet, sender);
        const decoded = decodePacket(bytes, sender);
        expect(plain(decoded)).toEqual(plain(packet));
        expect(toHex(encode(decoded, sender))).toBe(toHex(bytes));
        expect(frameLength(bytes, 0, bytes.length)).toBe(bytes.length);
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it('are refused or taken, and nothing else, when random bytes are changed, lost, added or moved', () => {
    const change = fc.record({
      at: fc.nat({ max: 1000 }),
      kind: fc.constantFrom('set', 'flip', 'drop', 'add', 'swap', 'cut', 'repeat'),
      byte: fc.oneof(fc.constantFrom(0x00, 0x01, 0x7f, 0x80, 0xff, 0x0b, 0x15, 0x16, 0x23, 0x26), fc.nat({ max: 255 })),
    });
    fc.assert(
      fc.property(
        packets(sender),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (packet, changes, whole) => {
          const valid = encode(packet, sender);
          let bytes = Array.from(whole ? valid : bodyOf(valid));
          for (const { at, kind, byte } of changes) {
            const i = bytes.length === 0 ? 0 : at % bytes.length;
            if (kind === 'set') bytes[i] = byte;
            else if (kind === 'flip') bytes[i] = (bytes[i] ?? 0) ^ (1 << (byte % 8));
            else if (kind === 'drop') bytes.splice(i, 1);
            else if (kind === 'add') bytes.splice(i, 0, byte);
            else if (kind === 'swap') [bytes[i], bytes[0]] = [bytes[0] ?? 0, bytes[i] ?? 0];
            else if (kind === 'cut') bytes = bytes.slice(0, i);
            else bytes.splice(i, 0, ...bytes.slice(i, i + 12));
          }
          // With its length put right where only the fields were changed, so that these are looked at.
          const mutant = whole ? new Uint8Array(bytes) : framed(valid[0] ?? 0, new Uint8Array(bytes));
          const taken = decodeOrRefuse(mutant, sender);
          if (taken !== undefined) checkTaken(taken, sender);
        },
      ),
      { seed: SEED, numRuns: 4000 },
    );
  });
});

describe.each(senders)('garbage from a %s', (sender) => {
  it('is refused or taken, and nothing else', () => {
    const first = fc.oneof(
      fc.nat({ max: 255 }),
      fc.integer({ min: 1, max: 15 }).map((type) => (type << 4) | (type === 6 || type === 8 || type === 10 ? 2 : 0)),
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 48 }),
      // Mostly small numbers: lengths that fit, and known identifiers.
      fc.array(fc.nat({ max: 42 }), { maxLength: 48 }).map((bytes) => new Uint8Array(bytes)),
    );
    fc.assert(
      fc.property(first, body, fc.boolean(), (type, bytes, isFramed) => {
        const packet = isFramed ? framed(type, bytes) : bytes;
        const taken = decodeOrRefuse(packet, sender);
        if (taken !== undefined) checkTaken(taken, sender);
      }),
      { seed: SEED, numRuns: 4000 },
    );
  });

  it('has a length, none yet, or is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), fc.nat({ max: 8 }), (bytes, from) => {
        const start = Math.min(from, bytes.length);
        try {
          const length = frameLength(bytes, start, bytes.length);
          expect(length === 0 || (length >= 2 && length <= 268_435_460)).toBe(true);
        } catch (error) {
          expect(isInvalidPacket(error)).toBe(true);
        }
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });
});

describe('with any one byte changed, a packet is refused or taken, and nothing else:', () => {
  const { stackTraceLimit } = Error;
  beforeAll(() => {
    Error.stackTraceLimit = 0; // most of the time goes into stacks otherwise
  });
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });

  it.each(rows)('$name', (row) => {
    for (const sender of sendersOf(row)) {
      const bytes = hex(row.bytes);
      for (let at = 0; at < bytes.length; at++) {
        const right = bytes[at] ?? 0;
        // All of them are too many for the few long packets.
        for (let byte = 0; byte < 256; byte += bytes.length > 40 ? 7 : 1) {
          bytes[at] = byte;
          const taken = decodeOrRefuse(bytes, sender);
          if (taken !== undefined) checkTaken(taken, sender);
        }
        bytes[at] = right;
      }
    }
  });
});
