import { expect } from 'vitest';
import {
  Buffers,
  Session,
  type ConnectEvent,
  type ConnectOptions,
  type DisconnectedError,
  type SessionConfig,
} from '@minimq/core';
import {
  memoryLink,
  VirtualTime,
  type Answers,
  type EndOptions,
  type LinkEnd,
  type MemoryLink,
  type MemoryLinkOptions,
} from '@minimq/testkit';
import { hex, toHex } from '../codec/bytes.ts';

// Sessions over links in memory, in virtual time, against a peer that is nothing but bytes. Packets stand in the tests as
// bytes written by hand: nothing here uses the encoder under test.

export { hex, toHex };

/** A new session at the broker, without limits. */
export const CONNACK = '20 03  00 00  00';
/** The broker kept the session. */
export const SESSION_PRESENT = '20 03  01 00  00';
export const DISCONNECT = 'e0 00';

/** Every way in which a link may answer. */
export const ANSWERS: readonly Answers[] = ['at-once', 'microtask', 'turn'];

export type Config = Partial<Omit<SessionConfig, 'buffers' | 'clock'>> & { readonly rx?: number; readonly tx?: number };

/** A session with the client identifier "c", without keep alive, and with room for small packets. */
export function newSession(time: VirtualTime, { rx = 1024, tx = 4096, ...config }: Config = {}): Session {
  return new Session({
    buffers: Buffers.allocate({ rx, tx }),
    clock: time.clock(config.clientId ?? 'c'),
    clientId: 'c',
    keepAlive: 0,
    ...config,
  });
}

/** One session, and the time. Connections are opened on demand, each with a peer of its own. */
export class Bench {
  readonly time: VirtualTime;
  readonly session: Session;
  readonly answers: Answers;
  /** What peers answer with from their CONNACK on. */
  answer: Peer['answer'] = () => undefined;

  constructor(config: Config = {}, answers: Answers = 'at-once', time: VirtualTime = new VirtualTime()) {
    this.time = time;
    this.answers = answers;
    this.session = newSession(time, config);
  }

  /** A link that has carried nothing yet. */
  open(options: MemoryLinkOptions = {}): Line {
    const link = memoryLink({ clock: this.time.clock('link'), client: { answers: this.answers }, ...options });
    return { link, peer: new Peer(this.time, link.server) };
  }

  /** A connection up to `connack`; the CONNECT is not among the packets that the peer has to show. */
  async connect(
    connack: string = CONNACK,
    options: ConnectOptions = {},
    linkOptions: MemoryLinkOptions = {},
  ): Promise<Connection> {
    const line = this.open(linkOptions);
    const connecting = this.session.connect(line.link.client, options);
    const connect = await line.peer.next();
    expect(connect).toMatch(/^10 /);
    line.peer.answer = this.answer;
    line.peer.send(connack);
    const event = await this.time.until(connecting);
    return { ...line, event, connect };
  }

  /** Cuts the link of a connection, and waits until the session knows. */
  async cut({ link, event }: Connection, options?: EndOptions): Promise<DisconnectedError> {
    link.cut(options);
    const error = await this.time.until(event.closed);
    await this.time.settle();
    return error;
  }

  /** The session has nothing left to do, and holds nothing: no operation, no byte of tx, no timer. */
  async expectIdle(): Promise<void> {
    await this.time.settle();
    expect(this.session.pending.map(({ packetId }) => packetId)).toEqual([]);
    expect(this.session.isPublishQuiescent).toBe(true);
    if (this.session.state === 'connected') {
      expectEmptyTx(this.session);
      await this.time.until(this.session.disconnect());
    }
    await this.time.settle();
    expect(this.time.pending).toEqual([]);
  }
}

/** All of tx that is there for publishes is free. */
export function expectEmptyTx(session: Session): void {
  const room = session.maxTxPacketSize;
  expect(session.canPublish(0, room), `tx has room for a packet of ${room} bytes`).toBe(true);
}

export interface Line {
  readonly link: MemoryLink;
  readonly peer: Peer;
}

export interface Connection extends Line {
  readonly event: ConnectEvent;
  /** The CONNECT, as it came. */
  readonly connect: string;
}

/** The broker's side of a link, as bytes. Packets are shown in hexadecimal with a space between bytes. */
export class Peer {
  /** What to send for a packet that has come, at once; such packets still count as received. */
  answer: (packet: string) => string | undefined = () => undefined;
  /** How its stream has ended: `'end'`, or what the read rejected with; `undefined`: it is open. */
  ended: unknown;
  /** The packets that have come whole, and that nobody has taken yet. */
  readonly #packets: string[] = [];
  readonly #time: VirtualTime;
  readonly #end: LinkEnd;
  #partial: Uint8Array = new Uint8Array(0);
  #paused: Promise<void> | undefined;
  #resume: () => void = () => {};
  #sending: Promise<void> = Promise.resolve();
  /** What `answer` threw. */
  #failure: { readonly error: unknown } | undefined;
  #unsentBytes = 0;

  constructor(time: VirtualTime, end: LinkEnd) {
    this.#time = time;
    this.#end = end;
    void this.#read();
  }

  /** Bytes that the link has not taken yet. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** Sends, as soon as the link takes it; what the end of the link leaves is lost. */
  send(...packets: string[]): void {
    this.sendBytes(hex(packets.join(' ')));
  }

  sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.#unsentBytes += bytes.length;
    this.#sending = this.#sending.then(async () => {
      try {
        for (let sent = 0; sent < bytes.length;) {
          const count = await this.#end.write(bytes.subarray(sent));
          sent += count;
          this.#unsentBytes -= count;
        }
      } catch {
        // The link has been cut.
      }
    });
  }

  /** Closes the peer's end, as a broker that is done with its client. */
  async close(): Promise<void> {
    await this.#sending;
    await this.#end.close();
    await this.#time.settle();
  }

  /** Reads nothing until `resume()`, so that the link fills up. */
  pause(): void {
    this.#paused = new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  resume(): void {
    this.#paused = undefined;
    this.#resume();
  }

  /** The packets that have come whole since the last time; the bytes of one that has not follow with `...`. */
  take(): string[] {
    if (this.#failure !== undefined) throw this.#failure.error;
    const packets = this.#packets.splice(0);
    if (this.#partial.length > 0) packets.push(`${toHex(this.#partial)} ...`);
    return packets;
  }

  /** The next packet; everything that is due now has happened. */
  async next(): Promise<string> {
    await this.#time.settle();
    if (this.#failure !== undefined) throw this.#failure.error;
    const packet = this.#packets.shift();
    if (packet === undefined) throw new Error('the peer was sent no packet');
    return packet;
  }

  /** After all that is due now, exactly these packets have come since the last time. */
  async expect(...packets: string[]): Promise<void> {
    await this.#time.settle();
    expect(this.take()).toEqual(packets.map((packet) => toHex(hex(packet))));
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(4096);
    try {
      for (;;) {
        if (this.#paused !== undefined) await this.#paused;
        const count = await this.#end.read(buffer);
        if (count === 0) break;
        this.#arrived(buffer.subarray(0, count));
      }
      this.ended = 'end';
    } catch (error) {
      this.ended = error;
    }
  }

  #arrived(bytes: Uint8Array): void {
    let rest = new Uint8Array(this.#partial.length + bytes.length);
    rest.set(this.#partial);
    rest.set(bytes, this.#partial.length);
    for (let length = packetLength(rest); length > 0 && length <= rest.length; length = packetLength(rest)) {
      const packet = toHex(rest.subarray(0, length));
      rest = rest.subarray(length);
      this.#packets.push(packet);
      this.#answerTo(packet);
    }
    this.#partial = rest;
  }

  #answerTo(packet: string): void {
    try {
      const answer = this.answer(packet);
      if (answer !== undefined) this.send(answer);
    } catch (error) {
      this.#failure ??= { error };
    }
  }
}

/** The length of the packet at the front; 0 while that is not known. */
function packetLength(bytes: Uint8Array): number {
  let length = 0;
  for (let i = 1; i < 5 && i < bytes.length; i++) {
    length += (bytes[i]! % 128) * 128 ** (i - 1);
    if (bytes[i]! < 128) return 1 + i + length;
  }
  return 0;
}

/** What a call throws, or a promise rejects with. */
export async function errorOf(run: Promise<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof run === 'function' ? run() : run);
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

/** Whether a promise is still open after everything that is due now. */
export async function isPending(time: VirtualTime, promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => void (settled = true);
  promise.then(settle, settle);
  await time.settle();
  return !settled;
}

// Packets that are too many, or too long, to write by hand

/** Two bytes in hexadecimal. */
export function u16(value: number): string {
  return toHex(new Uint8Array([value >> 8, value & 0xff]));
}

/** Text without a length in front: `ab` is `61 62`. */
export function ascii(text: string): string {
  return toHex(Buffer.from(text, 'utf8'));
}

export interface PublishBytes {
  /** The first byte; default `30`: QoS 0. */
  readonly first?: string;
  /** Default: none, as for QoS 0. */
  readonly id?: number;
  /** Without their length in front; at most 127 bytes. */
  readonly properties?: string;
}

/** A PUBLISH as bytes. */
export function publishBytes(
  topic: string,
  payload: string | Uint8Array,
  { first = '30', id, properties = '' }: PublishBytes = {},
): Uint8Array<ArrayBuffer> {
  const propertyBytes = hex(properties);
  const body = Buffer.concat([
    hex(u16(Buffer.byteLength(topic))),
    Buffer.from(topic, 'utf8'),
    id === undefined ? Buffer.of() : hex(u16(id)),
    Buffer.of(propertyBytes.length),
    propertyBytes,
    typeof payload === 'string' ? Buffer.from(payload, 'utf8') : payload,
  ]);
  const header = [hex(first)[0]!];
  for (let left = body.length; ; left = Math.floor(left / 128)) {
    header.push(left > 127 ? (left % 128) + 128 : left);
    if (left <= 127) break;
  }
  return new Uint8Array([...header, ...body]);
}

/** A PUBLISH in hexadecimal. */
export function publish(topic: string, payload: string | Uint8Array, bytes?: PublishBytes): string {
  return toHex(publishBytes(topic, payload, bytes));
}
