import { expect } from 'vitest';
import { TransportError } from '@minimq/core';
import {
  Engine,
  Operation,
  type ClosedEvent,
  type ConnectedEvent,
  type EngineEvent,
  type EngineOptions,
  type InboundPublish,
  type OwnedPublish,
  type Publication,
  type Request,
  type StartOptions,
} from '@minimq/core/protocol';
import { hex, toHex } from '../../codec/bytes.ts';

// Packets stand in the tests as bytes written by hand: nothing here uses the encoder under test.

export const CONNACK = '20 03  00 00  00';
export const SESSION_PRESENT = '20 03  01 00  00';

export type Options = Partial<Omit<EngineOptions, 'rx' | 'tx'>> & { readonly rx?: number; readonly tx?: number };

const nothing = new Uint8Array(0);

/** An engine, the bytes that go in and come out, and the time: a number that a test moves. */
export class Client {
  readonly engine: Engine;
  nowMs = 0;
  /** How often the engine said that there is work. */
  workCount = 0;

  constructor({ rx = 1024, tx = 4096, ...options }: Options = {}) {
    this.engine = new Engine({
      rx: new Uint8Array(rx),
      tx: new Uint8Array(tx),
      clientId: 'c',
      keepAlive: 0,
      pingTimeoutMs: undefined,
      sessionExpiryInterval: 3600,
      adoptSession: false,
      receiveMaximum: 65_535,
      inboundQoS2Max: 65_535,
      topicAliasMaximum: 0,
      automaticTopicAliases: 0,
      requestProblemInformation: true,
      requestResponseInformation: false,
      userProperties: [],
      manualAck: false,
      discard: false,
      receiveStallMs: Number.POSITIVE_INFINITY,
      inflightMax: 65_535,
      txReserve: 64,
      downgradeQoS: false,
      restore: undefined,
      onWork: () => void this.workCount++,
      ...options,
    });
  }

  // Connecting

  /** A connection up to `connack`; what CONNECT says is not looked at. */
  connect(connack: string = CONNACK, options?: StartOptions): this {
    this.start(options);
    this.feed(connack);
    this.expectConnected(hex(connack)[2] === 1);
    return this;
  }

  /** A connection whose CONNECT has left. */
  start(options?: StartOptions): void {
    this.engine.start(this.nowMs, options);
    expect(this.write()).toMatch(/^10 /);
  }

  expectConnected(sessionPresent: boolean): void {
    const connected = this.happened().find((event): event is ConnectedEvent => event.kind === 'connected');
    expect(connected).toEqual({ kind: 'connected', sessionPresent });
    expect(this.engine.state).toBe('connected');
  }

  /** The stream is lost; returns what that brought about. */
  cut(): EngineEvent[] {
    this.happened();
    this.engine.ended(this.nowMs, new TransportError('transport-ended', 'The broker closed the connection'));
    expect(this.engine.state).toBe('disconnected');
    return this.happened();
  }

  // Bytes

  /** All of it arrives, in pieces of `chunk` bytes at most; once the engine has heard enough, the rest does not matter. */
  feed(text: string, chunk: number = Number.POSITIVE_INFINITY): void {
    const left = this.offer(text, chunk);
    if (left > 0 && this.isReading) throw new Error(`${left} bytes found no room`);
  }

  /** As much of it arrives as there is room for; returns how many bytes are left. */
  offer(text: string, chunk: number = Number.POSITIVE_INFINITY): number {
    let bytes: Uint8Array = hex(text);
    while (bytes.length > 0) {
      const room = this.engine.inputRoom(this.nowMs);
      if (room === null) break;
      const count = Math.min(bytes.length, room.length, chunk);
      room.set(bytes.subarray(0, count));
      bytes = bytes.subarray(count);
      this.engine.received(count, this.nowMs);
    }
    return bytes.length;
  }

  get isReading(): boolean {
    return this.engine.state === 'connecting' || this.engine.state === 'connected';
  }

  /** Begins one write; it is outstanding until `sent`. */
  lend(): string {
    return toHex(this.engine.output() ?? nothing);
  }

  sent(count: number): void {
    this.engine.sent(count, this.nowMs);
  }

  /** One write of at most `most` bytes. */
  write(most: number = Number.POSITIVE_INFINITY): string {
    const bytes = this.engine.output();
    if (bytes === null) return '';
    const taken = toHex(bytes.subarray(0, most));
    this.sent(Math.min(bytes.length, most));
    return taken;
  }

  /** Exactly `count` bytes leave, in as many writes as it takes. */
  writeExactly(count: number): string {
    const parts: string[] = [];
    for (let left = count; left > 0;) {
      const part = this.write(left);
      if (part === '') throw new Error(`there are ${left} bytes less than ${count}`);
      parts.push(part);
      left -= hex(part).length;
    }
    return parts.join(' ');
  }

  /** All that can leave now. */
  output(): string {
    const parts: string[] = [];
    for (;;) {
      const part = this.write();
      if (part === '') return parts.join(' ');
      parts.push(part);
    }
  }

  /** Exactly these packets leave. */
  expectOutput(...packets: string[]): void {
    expect(this.output()).toBe(toHex(hex(packets.join(' '))));
    expect(this.engine.hasOutput).toBe(false);
  }

  // Events

  happened(): EngineEvent[] {
    const events: EngineEvent[] = [];
    for (;;) {
      const event = this.engine.next();
      if (event === null) return events;
      events.push(event);
    }
  }

  /** The connection has ended, and that is how. */
  closed(): ClosedEvent {
    const closed = this.happened().filter((event) => event.kind === 'closed');
    expect(closed).toHaveLength(1);
    expect(this.engine.state).toBe('disconnected');
    expect(this.engine.inputRoom(this.nowMs)).toBeNull();
    expect(this.engine.output()).toBeNull();
    return closed[0]!;
  }

  /** The broker was wrong: a DISCONNECT says so, nothing follows it, and the stream is closed. */
  expectRejected(reasonCode: number, message: RegExp = /./): void {
    expect(this.engine.state).toBe('disconnecting');
    expect(this.engine.inputRoom(this.nowMs)).toBeNull();
    this.expectOutput(`e0 01 ${toHex(new Uint8Array([reasonCode]))}`);
    const { error, clean } = this.closed();
    expect(clean).toBe(false);
    expect(error).toMatchObject({ name: 'DisconnectedError', code: 'disconnected', by: 'protocol', reasonCode });
    expect(error.cause).toMatchObject({ name: 'PeerError', code: 'invalid-packet', reasonCode });
    expect(error.message).toMatch(message);
  }

  // Requests

  tryPublish(publication: Publication): Operation | null {
    const operation = new Operation(nothing);
    return this.engine.publish(operation, publication) ? operation : null;
  }

  /** Accepted; nothing has left yet. */
  publish(publication: Publication): Operation {
    const operation = this.tryPublish(publication);
    if (operation === null) throw new Error('the publish was not accepted');
    return operation;
  }

  subscribe(...filters: string[]): Request {
    return accepted(
      this.engine.subscribe(
        filters.map((topicFilter) => ({ topicFilter })),
        undefined,
      ),
    );
  }

  unsubscribe(...filters: string[]): Request {
    return accepted(this.engine.unsubscribe(filters, undefined));
  }

  // Received messages

  /** The application comes back for the next message, as `recv()` does. */
  receive(): InboundPublish {
    this.engine.comeBack();
    expect(this.engine.hasMessage).toBe(true);
    return this.engine.claim();
  }

  receiveOwned(): OwnedPublish {
    this.engine.comeBack();
    expect(this.engine.hasMessage).toBe(true);
    return this.engine.claimOwned();
  }

  /** The application comes back, and there is nothing. */
  expectNoMessage(): void {
    this.engine.comeBack();
    expect(this.engine.hasMessage).toBe(false);
  }

  /** The payloads of all that has arrived, as an application that comes back for each sees them. */
  texts(): string[] {
    const texts: string[] = [];
    for (this.engine.comeBack(); this.engine.hasMessage; this.engine.comeBack()) {
      texts.push(this.engine.claim().text());
    }
    return texts;
  }
}

function accepted(request: Request | null): Request {
  if (request === null) throw new Error('the request was not accepted');
  return request;
}

/** Two bytes in hexadecimal. */
export function u16(value: number): string {
  return toHex(new Uint8Array([value >> 8, value & 0xff]));
}

/** What `run` throws. */
export { errorOf } from '../../codec/refusal.ts';
