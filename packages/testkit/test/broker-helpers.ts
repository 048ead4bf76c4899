import type { Io } from '@minimq/core';
import {
  type AcceptOptions,
  type BrokerConnection,
  type MemoryBrokerOptions,
  type MemoryLink,
  type MemoryLinkOptions,
  MemoryBroker,
  VirtualTime,
  memoryLink,
} from '@minimq/testkit';

// Bytes as hex with spaces. None of this uses the codec.

export function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replaceAll(/(..)(?=.)/g, '$1 ');
}

/** Text as it is, without a length: `ab` is `61 62`. */
export function ascii(value: string): string {
  return hexOf(Buffer.from(value, 'utf8'));
}

/** A text field: `ab` is `00 02 61 62`. */
export function text(value: string): string {
  return joined(u16(Buffer.byteLength(value)), ascii(value));
}

function u16(value: number): string {
  return hexOf(Uint8Array.of(value >> 8, value & 0xff));
}

export function varint(value: number): string {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return hexOf(Uint8Array.from([...bytes, rest]));
    bytes.push((rest % 128) + 128);
  }
}

/** A property block: its length, and then the properties. */
export function block(...properties: string[]): string {
  const all = joined(...properties);
  return joined(varint(bytesOf(all).length), all);
}

/** The first byte, the Remaining Length, and then the rest. */
export function packet(first: string, ...parts: string[]): string {
  const rest = joined(...parts);
  return joined(first, varint(bytesOf(rest).length), rest);
}

function joined(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

export interface ConnectBytes {
  readonly clientId?: string;
  /** Default `02`: Clean Start. */
  readonly flags?: string;
  readonly keepAlive?: number;
  readonly properties?: readonly string[];
  /** Will, user name, password. */
  readonly rest?: readonly string[];
}

export function connect({
  clientId = 'c',
  flags = '02',
  keepAlive = 0,
  properties = [],
  rest = [],
}: ConnectBytes = {}): string {
  return packet('10', text('MQTT'), '05', flags, u16(keepAlive), block(...properties), text(clientId), ...rest);
}

/** Session Expiry Interval, in seconds. */
export function sessionExpiry(seconds: number): string {
  return `11 ${seconds.toString(16).padStart(8, '0')}`;
}

/** CONNACK of a fresh session on a broker without options. */
export const CONNACK = '20 03 00 00 00';
/** CONNACK of a session that was there. */
export const CONNACK_PRESENT = '20 03 01 00 00';

/** A client that is nothing but bytes. */
export class RawClient {
  readonly io: Io;
  readonly #time: VirtualTime;
  #received: Uint8Array[] = [];
  readonly #kept: string[] = [];
  #isPaused = false;
  #resume: (() => void) | undefined;
  /** Undefined while the connection is open; then `end`, or what the read rejected with. */
  ended: unknown;

  constructor(time: VirtualTime, io: Io) {
    this.#time = time;
    this.io = io;
    void this.#read();
  }

  async send(...packets: string[]): Promise<void> {
    const bytes = bytesOf(packets.join(' '));
    for (let sent = 0; sent < bytes.length;) sent += await this.io.write(bytes.subarray(sent));
  }

  /** Stops reading until `resume()`; a read that is under way still gets what comes next. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#resume?.();
  }

  /** All whole packets that have come since the last time, after everything that is due now has happened. */
  async take(): Promise<string[]> {
    await this.#time.settle();
    const packets = this.#kept.splice(0);
    const received = Buffer.concat(this.#received);
    let start = 0;
    for (let length = lengthOf(received); length > 0 && start + length <= received.length;) {
      packets.push(hexOf(received.subarray(start, start + length)));
      start += length;
      length = lengthOf(received.subarray(start));
    }
    this.#received = [received.subarray(start)];
    return packets;
  }

  /** Gives packets back for the next `take()`. */
  keep(packets: readonly string[]): void {
    this.#kept.push(...packets);
  }

  /** Sends, and returns what comes. */
  async ask(...packets: string[]): Promise<string[]> {
    await this.send(...packets);
    return this.take();
  }

  /** The connection is lost, as a network loses it. */
  async cut(): Promise<void> {
    await this.io.close();
    await this.#time.settle();
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(4096);
    try {
      for (;;) {
        if (this.#isPaused) await new Promise<void>((resolve) => (this.#resume = resolve));
        const count = await this.io.read(buffer);
        if (count === 0) break;
        this.#received.push(buffer.slice(0, count));
      }
      this.ended = 'end';
    } catch (error) {
      this.ended = error;
    }
  }
}

/** The length of the packet at the front; 0 while that is not known. */
function lengthOf(bytes: Uint8Array): number {
  let length = 0;
  for (let i = 1; i < 5 && i < bytes.length; i += 1) {
    length += (bytes[i]! % 128) * 128 ** (i - 1);
    if (bytes[i]! < 128) return 1 + i + length;
  }
  return 0;
}

export interface TestBroker {
  readonly time: VirtualTime;
  readonly broker: MemoryBroker;
  /** A connection that has said nothing yet. */
  readonly open: (options?: MemoryLinkOptions, accept?: AcceptOptions) => OpenConnection;
  /** A connection after CONNECT, whose CONNACK has been taken. */
  readonly connect: (connect?: ConnectBytes, options?: MemoryLinkOptions) => Promise<RawClient>;
}

interface OpenConnection {
  readonly client: RawClient;
  readonly link: MemoryLink;
  readonly connection: BrokerConnection;
}

/** Without Reason Strings unless a test asks for them: the bytes stay short. */
export function testBroker(options: MemoryBrokerOptions = {}): TestBroker {
  const time = new VirtualTime();
  const broker = new MemoryBroker({ clock: time.clock('broker'), reasonStrings: false, ...options });
  const open = (linkOptions: MemoryLinkOptions = {}, accept: AcceptOptions = {}): OpenConnection => {
    const link = memoryLink({ clock: time.clock('link'), ...linkOptions });
    const connection = broker.accept(link.server, accept);
    return { client: new RawClient(time, link.client), link, connection };
  };
  return {
    time,
    broker,
    open,
    async connect(bytes = {}, linkOptions = {}) {
      const { client } = open(linkOptions);
      const [connack, ...more] = await client.ask(connect(bytes));
      if (connack?.startsWith('20') !== true || connack.slice(9, 11) !== '00') throw new Error(`CONNACK: ${connack}`);
      client.keep(more);
      return client;
    },
  };
}

export interface PublishBytes {
  /** The first byte; default `30`: QoS 0. */
  readonly first?: string;
  /** Default: none, as for QoS 0. */
  readonly id?: number;
  readonly properties?: readonly string[];
}

/** PUBLISH, from either side. */
export function publish(
  topic: string,
  payload: string,
  { first = '30', id, properties = [] }: PublishBytes = {},
): string {
  return packet(first, text(topic), id === undefined ? '' : u16(id), block(...properties), ascii(payload));
}

/** SUBSCRIBE to one filter; `options` is the byte behind it. */
export function subscribe(id: number, filter: string, options = '00', ...properties: string[]): string {
  return packet('82', u16(id), block(...properties), text(filter), options);
}

export function unsubscribe(id: number, filter: string): string {
  return packet('a2', u16(id), '00', text(filter));
}
