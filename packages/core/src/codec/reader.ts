import type { PeerError } from '../errors.ts';
import { packetTypeName } from './packet-name.ts';
import { CLIENT } from './place.ts';
import { describeReasonCode, isReasonCodeAt, ReasonCode } from './reason-code.ts';
import { isUtf8, readUtf8 } from './utf8.ts';
import { varintAt, varintLength } from './varint.ts';
import { violation } from './violation.ts';

const NONE: Uint8Array = /* @__PURE__ */ new Uint8Array(0);
const COPY_LENGTH_MAX = 32;

/** A cursor over the bytes of one packet. What does not fit before `end` is a malformed packet. */
export class Reader {
  bytes: Uint8Array = NONE;
  position = 0;
  end = 0;
  /** The fixed header's first byte. */
  first = 0;
  /** The packet's type, and `SERVER` more where a server has sent it. */
  place = 0;
  readonly #sender: number;

  /** `sender`: `CLIENT` or `SERVER`. */
  constructor(sender: number = CLIENT) {
    this.#sender = sender;
  }

  /** Puts the cursor on the packet at `start`, behind its fixed header. */
  open(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.end = end;
    this.first = bytes[start]!;
    this.place = (this.first >> 4) + this.#sender;
    let position = start + 1;
    while (bytes[position]! > 0x7f) position++;
    this.position = position + 1;
  }

  byte(): number {
    const { position } = this;
    this.skip(1);
    return this.bytes[position]!;
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
    const value = varintAt(this.bytes, this.position, this.end);
    // One that does not end here is cut off before its fourth byte.
    this.skip(value < 0 ? 4 : varintLength(value));
    return value;
  }

  /** Without `wanted` the text is checked only. */
  text(wanted = true): string {
    const start = this.skipField();
    this.checkText(start);
    return wanted ? readUtf8(this.bytes, start, this.position) : '';
  }

  /** Checks the text from `start` to the cursor. */
  checkText(start: number): void {
    if (isUtf8(this.bytes, start, this.position)) return;
    throw this.malformed('1.5.4', 'has text that is not UTF-8 without U+0000');
  }

  /** A copy of the binary field here. */
  binary(): Uint8Array<ArrayBuffer> {
    const start = this.skipField();
    const { bytes, position } = this;
    const copy = new Uint8Array(position - start);
    // A short one is copied sooner than a window on it is made.
    if (copy.length > COPY_LENGTH_MAX) copy.set(bytes.subarray(start, position));
    else for (let i = start; i < position; i++) copy[i - start] = bytes[i]!;
    return copy;
  }

  /** Moves behind the text or binary field here, and returns where it begins, its length left out. */
  skipField(): number {
    const start = this.position + 2;
    this.skip(this.u16());
    return start;
  }

  skip(length: number): void {
    this.position += length;
    if (this.position > this.end) throw this.malformed('2.1.4', 'ends before its fields do');
  }

  packetId(): number {
    const packetId = this.u16();
    if (packetId === 0) throw this.protocolError('2.2.1', 'packet identifier is 0');
    return packetId;
  }

  /** The Reason Code here; success where the packet has ended. `section`: where it is not 3.x.2.1. */
  reasonCode(section?: string): ReasonCode {
    const code = this.position === this.end ? 0 : this.byte();
    if (isReasonCodeAt(this.place, code)) return code;
    const what = `cannot have the reason code ${describeReasonCode(code)}`;
    throw this.protocolError(section ?? `3.${this.first >> 4}.2.1`, what);
  }

  /** Nothing may follow the last field. */
  finish(): void {
    if (this.position !== this.end) throw this.malformed('2.1.4', 'is longer than its fields');
  }

  /** See the functions of the same names; `what` follows the packet's name. */
  malformed(section: string, what: string): PeerError {
    return this.violation(ReasonCode.malformedPacket, section, what);
  }

  protocolError(section: string, what: string): PeerError {
    return this.violation(ReasonCode.protocolError, section, what);
  }

  violation(reasonCode: ReasonCode, section: string, what: string): PeerError {
    return violation(reasonCode, section, `${packetTypeName(this.place)} ${what}`);
  }
}
