import { packetTypeName, type Sender } from './packet-type.ts';
import { isReasonCode, type ReasonCode, type ReasonCodeUse } from './reason-code.ts';
import { isUtf8, readUtf8 } from './utf8.ts';
import type { PeerError } from '../errors.ts';
import { malformed, protocolError, wrongReasonCode } from './violation.ts';

/** A cursor over the bytes of one packet. What does not fit before `end` is a malformed packet. */
export class Reader {
  bytes: Uint8Array = new Uint8Array(0);
  position = 0;
  end = 0;
  /** The packet's type, for messages. */
  type = 0;

  /** Puts the cursor on the packet at `start`, behind its fixed header, and returns the first byte. */
  open(bytes: Uint8Array, start: number, end: number): number {
    const first = bytes[start]!;
    this.bytes = bytes;
    this.end = end;
    this.type = first >> 4;
    let position = start + 1;
    while (bytes[position]! > 0x7f) position++;
    this.position = position + 1;
    return first;
  }

  byte(): number {
    if (this.position >= this.end) throw this.short();
    return this.bytes[this.position++]!;
  }

  u16(): number {
    const { position } = this;
    this.skip(2);
    return (this.bytes[position]! << 8) | this.bytes[position + 1]!;
  }

  u32(): number {
    return this.u16() * 0x1_0000 + this.u16();
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) break;
        return value;
      }
    }
    throw malformed('1.5.5', `${packetTypeName(this.type)} has an over-long Variable Byte Integer`);
  }

  /** Checks the text field here, moves behind it and returns where its characters begin. */
  skipText(): number {
    const length = this.u16();
    const start = this.position;
    this.skip(length);
    if (!isUtf8(this.bytes, start, start + length)) {
      throw malformed('1.5.4', `${packetTypeName(this.type)} has text that is not well-formed UTF-8 without U+0000`);
    }
    return start;
  }

  text(): string {
    const start = this.skipText();
    return readUtf8(this.bytes, start, this.position);
  }

  /** A copy of the binary field here. */
  binary(): Uint8Array<ArrayBuffer> {
    const length = this.u16();
    const start = this.position;
    this.skip(length);
    // Not `slice`: that of a Node Buffer is a window.
    return new Uint8Array(this.bytes.subarray(start, start + length));
  }

  skip(length: number): void {
    this.position += length;
    if (this.position > this.end) throw this.short();
  }

  reasonCode(use: ReasonCodeUse, sender: Sender, section: string): ReasonCode {
    const code = this.byte();
    if (!isReasonCode(code, use)) throw protocolError(section, wrongReasonCode(code, this.type, sender));
    return code;
  }

  /** Nothing may follow the last field. */
  finish(): void {
    if (this.position !== this.end) {
      throw malformed('2.1.4', `${packetTypeName(this.type)} is longer than its fields`);
    }
  }

  private short(): PeerError {
    return malformed('2.1.4', `${packetTypeName(this.type)} ends before its fields do`);
  }
}
