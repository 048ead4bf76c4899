import type { Clock, Io } from '@minimq/core';
import {
  decodePacket,
  ReasonCode,
  type ConnectPacket,
  type Packet,
  type ServerDisconnectProperties,
} from '@minimq/core/codec';
import { fit } from './fit.ts';
import type { ObservedPacket } from './hooks.ts';
import type { Hub } from './hub.ts';
import { Inbox } from './inbox.ts';
import { clientLimitsOf, type ClientLimits } from './limits.ts';
import { Outbox } from './outbox.ts';
import type { ConnectionEnd, Phase } from './phase.ts';
import type { Alarm } from './schedule.ts';
import { Stream } from './stream.ts';
import { isViolation, protocolError } from './violation.ts';

/** After so many bytes that were there at once, others get their turn. */
const TURN_READ_BYTES_MAX: number = 64 * 1024;
/** The same for writing; more than what one turn reads, since several clients may write to one. */
const TURN_WRITTEN_BYTES_MAX: number = 1024 * 1024;

/** Moves the packets of one connection over its Io: one read and one write at a time, one write for all of a turn. */
export class Connection {
  readonly closed: Promise<ConnectionEnd>;
  /** What the broker knows of the client, from its CONNECT on. */
  connect: ConnectPacket | undefined;
  clientId: string | undefined;
  limits: ClientLimits = clientLimitsOf(undefined);
  lastReceivedMs: number;
  readonly #number: number;
  readonly #hub: Hub;
  readonly #clock: Clock;
  readonly #stream: Stream;
  readonly #inbox = new Inbox();
  readonly #outbox = new Outbox();
  #phase: Phase | undefined;
  /** `open` -> `finishing` (nothing is read any more, what is in the outbox still leaves) -> `closed`. */
  #state: 'open' | 'finishing' | 'closed' = 'open';
  #end: ConnectionEnd | undefined;
  #isPaused = false;
  #isTaking = false;
  #isTurnDue = false;
  #isFlushDue = false;
  #hasMore = false;
  #closeAlarm: Alarm | undefined;
  #settleClosed: (end: ConnectionEnd) => void = () => {};

  constructor(hub: Hub, io: Io, received: Uint8Array | undefined) {
    hub.connectionCount += 1;
    this.#number = hub.connectionCount;
    this.#hub = hub;
    this.#clock = hub.clock;
    this.#stream = new Stream(io, hub.counts, {
      arrived: (count) => {
        this.#arrived(count);
        this.read();
      },
      written: () => {
        this.#outbox.written();
        this.#goOn();
      },
      lost: (error) => this.cut({ by: 'transport', error }),
    });
    this.lastReceivedMs = hub.clock.now();
    this.closed = new Promise((resolve) => (this.#settleClosed = resolve));
    if (received !== undefined) this.#inbox.add(received);
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get encodedBytes(): number {
    return this.#outbox.encodedBytes;
  }

  get hasRoom(): boolean {
    return this.#outbox.takesMessages;
  }

  /** Begins with the phase, or goes on with the next one. */
  enter(phase: Phase): void {
    this.#phase = phase;
  }

  /** Sends an answer. One that is larger than the client takes ends the connection. */
  send(packet: Packet): void {
    const fitted = fit(packet, this.limits);
    if (fitted === undefined) this.finish({ by: 'broker', reasonCode: ReasonCode.packetTooLarge });
    else this.push(fitted.packet, fitted.byteLength);
  }

  /** Sends a packet that was measured and is not too large. */
  push(packet: Packet, byteLength: number): void {
    if (this.#state !== 'open') return;
    const bytes = this.#outbox.push(packet, byteLength);
    this.#hub.counts.packetsSent += 1;
    this.#observe('toClient', packet, bytes);
    this.wake();
  }

  /** Something waits to be sent: it leaves in the next turn. */
  wake(): void {
    if (this.#stream.isWriting) this.#hasMore = true;
    if (this.#isFlushDue || this.#stream.isWriting || this.#state === 'closed') return;
    this.#isFlushDue = true;
    this.#clock.defer(() => {
      this.#isFlushDue = false;
      this.#flush();
    });
  }

  /** Uses an answer of one of the hooks; while it is not there yet, nothing more is taken in. */
  ask<T>(answer: T | Promise<T>, use: (answer: T) => void): void {
    if (!(answer instanceof Promise)) {
      use(answer);
      return;
    }
    this.#isPaused = true;
    const go = (step: () => void): void => {
      if (!this.isOpen) return;
      this.#isPaused = false;
      try {
        step();
      } catch (error) {
        this.fail(error);
      }
      this.read();
    };
    answer.then(
      (known) => go(() => use(known)),
      (error: unknown) => go(() => this.fail(error)),
    );
  }

  /** Takes in what has arrived, and then what arrives. */
  read(): void {
    if (this.#isTaking || this.#isTurnDue || this.#stream.isReading) return;
    for (let turnBytes = 0; this.#takePackets();) {
      if (turnBytes >= TURN_READ_BYTES_MAX) {
        this.#isTurnDue = true;
        this.#clock.defer(() => {
          this.#isTurnDue = false;
          this.read();
        });
        return;
      }
      const count = this.#stream.read(this.#inbox.room());
      if (count === undefined) return;
      this.#arrived(count);
      turnBytes += count;
    }
  }

  /** Says goodbye as the phase has it, lets that leave, and closes. */
  finish(end: ConnectionEnd, properties: ServerDisconnectProperties = {}): void {
    const { reasonCode } = end;
    this.finishWith(end, reasonCode === undefined ? undefined : this.#phase?.farewell(reasonCode, properties));
  }

  /** The same with a packet of one's own. */
  finishWith(end: ConnectionEnd, farewell: Packet | undefined): void {
    if (this.#state !== 'open') return;
    const fitted = farewell === undefined ? undefined : fit(farewell, this.limits);
    if (fitted !== undefined) this.push(fitted.packet, fitted.byteLength);
    this.#state = 'finishing';
    this.#end = end;
    this.#phase?.ended(end, Number.POSITIVE_INFINITY);
    this.#closeAlarm = this.#hub.schedule.after(this.#hub.settings.closeTimeoutMs, () => this.#close());
    this.wake();
  }

  /** Ends the connection at once, as a lost stream does. */
  cut(end: ConnectionEnd): void {
    if (this.#state === 'open') {
      this.#state = 'finishing';
      this.#end = end;
      this.#phase?.ended(end, this.#stream.handedBytes);
    }
    this.#close();
  }

  /** Ends the connection for an error: the client's, a hook's, or one of the broker's own. */
  fail(error: unknown): void {
    const reasonCode = isViolation(error) ? error.reasonCode : ReasonCode.unspecifiedError;
    const reasonString = error instanceof Error ? error.message : String(error);
    this.finish({ by: 'broker', reasonCode, error }, this.#hub.settings.reasonStrings ? { reasonString } : {});
  }

  #arrived(count: number): void {
    this.#inbox.added(count);
    this.lastReceivedMs = this.#clock.now();
  }

  /** Returns whether more may be read. */
  #takePackets(): boolean {
    this.#isTaking = true;
    try {
      while (this.#state === 'open' && !this.#isPaused && this.#outbox.takesAnswers) {
        if (!this.#takePacket(this.#phase!)) return true;
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.#isTaking = false;
    }
    return false;
  }

  #takePacket(phase: Phase): boolean {
    const { first } = this.#inbox;
    if (first !== undefined && first !== (phase.firstByte ?? first)) {
      throw protocolError('3.1', 'The first packet of a connection has to be CONNECT');
    }
    const bytes = this.#inbox.next(phase.packetBytesMax);
    if (bytes === undefined) return false;
    let packet: Packet | undefined;
    try {
      packet = decodePacket(bytes, 'client');
    } finally {
      this.#hub.counts.packetsReceived += 1;
      this.#observe('toServer', packet, bytes);
    }
    phase.receive(packet);
    return true;
  }

  /** Writes what is there, and what then finds room, as long as the transport takes it at once. */
  #flush(): void {
    for (let turnBytes = 0; turnBytes < TURN_WRITTEN_BYTES_MAX;) {
      if (this.#stream.isWriting || this.#state === 'closed') return;
      if (this.#state === 'open') {
        this.#hasMore = this.#phase?.fill() ?? false;
        this.#phase?.leaving();
      }
      if (this.#outbox.isEmpty) break;
      const batch = this.#outbox.take();
      turnBytes += batch.length;
      if (!this.#stream.write(batch)) return;
      this.#outbox.written();
      if (!this.#hasMore) break;
    }
    this.#goOn();
  }

  /** What to do when nothing is being written. */
  #goOn(): void {
    if (this.#state === 'finishing' && this.#outbox.isEmpty) {
      void this.#stream.flush().then(() => this.#close());
      return;
    }
    if (this.#hasMore || !this.#outbox.isEmpty) this.wake();
    // Packets may have had to wait for room for their answers.
    this.read();
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#hub.schedule.cancel(this.#closeAlarm);
    void this.#stream.close().then(() => this.#settleClosed(this.#end ?? { by: 'broker' }));
  }

  #observe(direction: ObservedPacket['direction'], packet: Packet | undefined, bytes: Uint8Array): void {
    const { onPacket } = this.#hub.settings.hooks;
    if (onPacket === undefined) return;
    const atMs = this.#clock.now();
    onPacket({ connection: this.#number, direction, packet, bytes: bytes.slice(), clientId: this.clientId, atMs });
  }
}
