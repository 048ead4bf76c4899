import type { Io } from '@minimq/core';
import type { ConnackPacket, ConnectPacket, Packet } from '@minimq/core/codec';
import type { PacketEntry } from '../transcript/entry.ts';
import type { TranscriptLane } from '../transcript/lane.ts';
import { RecordedIo } from '../transcript/recorded-io.ts';
import type { Accepted } from './acceptor.ts';
import { encode } from './build.ts';
import type { ClientPacket } from './packets.ts';
import { Wire } from './wire.ts';

/** What comes from a client and waits for the script: a packet, a piece of one that stayed a piece, or the end. */
export type Arrival =
  | { readonly kind: 'packet'; readonly entry: PacketEntry }
  | { readonly kind: 'part'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'end'; readonly error: unknown };

/** What the broker does about a conversation. */
export interface ConversationHost {
  /** Whether the packet has been dealt with, so that the script does not get it. */
  answer(conversation: Conversation, packet: ClientPacket): boolean;
  /** Whether a client may close the connection without being expected to. */
  mayEnd(conversation: Conversation): boolean;
  /** Something has changed that a silence or a wait may be about. */
  changed(): void;
}

/** One connection: what has come and was not taken yet, and in which state it is. */
export class Conversation {
  readonly number: number;
  /** Taken from the client, by an expectation or an answer. */
  connect: ConnectPacket | undefined;
  /** Sent to it. */
  connack: ConnackPacket | undefined;
  readonly #host: ConversationHost;
  readonly #lane: TranscriptLane;
  readonly #wire: Wire;
  readonly #arrivals: Arrival[] = [];
  readonly #waiting: (() => void)[] = [];
  /** `left`: the broker has cut, closed or given away the connection; nothing that comes counts any more. */
  #state: 'open' | 'ended' | 'left' = 'open';
  #isEndExpected = false;
  /** Its DISCONNECT has been taken. */
  isDisconnected = false;
  /** The script has dealt with the end of the stream. */
  isEndTaken = false;
  #lastPacketId = 0;
  /** The bytes that still pass before the connection is cut. */
  #passing: { bytes: number; readonly done: (hasPassed: boolean) => void; readonly reset: boolean } | undefined;

  constructor(accepted: Accepted, lane: TranscriptLane, host: ConversationHost) {
    this.number = lane.connection;
    this.#lane = lane;
    this.#host = host;
    this.#wire = new Wire(accepted, {
      arrived: (bytes) => this.#arrived(bytes),
      ended: (error) => this.#ended(error),
    });
  }

  start(): void {
    this.#wire.start();
  }

  get isLeft(): boolean {
    return this.#state === 'left';
  }

  /** Nothing can come any more that a script would have to deal with: the next step is about the next connection. */
  get isOver(): boolean {
    if (this.isLeft || this.isDisconnected || this.isEndTaken) return true;
    return this.isEndExpected && this.#arrivals[0]?.kind === 'end';
  }

  /** The client will close it, or has closed it, and nobody has to say so. */
  get isEndExpected(): boolean {
    return this.#isEndExpected || this.isDisconnected || this.#host.mayEnd(this);
  }

  get arrivals(): readonly Arrival[] {
    return this.#arrivals;
  }

  /** What has come and nobody has taken; the end only where it is a surprise. */
  get leftOver(): readonly Arrival[] {
    if (this.isLeft || this.isEndTaken) return [];
    return this.#arrivals.filter(({ kind }) => kind !== 'end' || !this.isEndExpected);
  }

  /** Bytes that are no packet of a client's. */
  get malformed(): PacketEntry | undefined {
    for (const arrival of this.#arrivals) {
      if (arrival.kind === 'packet' && arrival.entry.packet === undefined) return arrival.entry;
    }
    return undefined;
  }

  /** Resolves when something is there to be taken. */
  arrival(): Promise<void> {
    if (this.#arrivals.length > 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Takes the first of what has come. */
  take(): Arrival | undefined {
    const arrival = this.#arrivals.shift();
    if (arrival?.kind === 'end') this.isEndTaken = true;
    if (arrival?.kind === 'packet') this.noteTaken(arrival.entry.packet);
    return arrival;
  }

  /** Lets the host answer what it now can of what has come. */
  review(): void {
    for (const arrival of this.#arrivals.splice(0)) this.#offer(arrival);
  }

  nextPacketId(): number {
    this.#lastPacketId = (this.#lastPacketId % 65_535) + 1;
    return this.#lastPacketId;
  }

  /** Resolves when the transport has taken it. Throws where the codec refuses the packet. */
  send(packet: Packet): Promise<void> {
    const bytes = encode(packet);
    if (packet.type === 'connack') this.connack = packet;
    if (packet.type === 'disconnect' || (packet.type === 'connack' && packet.reasonCode >= 0x80))
      this.#isEndExpected = true;
    return this.sendBytes(bytes);
  }

  sendBytes(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#lane.take('toClient', bytes);
    return this.#wire.send(bytes);
  }

  stall(): void {
    this.#lane.mark('stall', 'the broker does not read');
    this.#wire.stall();
  }

  resume(): void {
    this.#lane.mark('resume');
    this.#wire.resume();
  }

  get canHalfClose(): boolean {
    return this.#wire.canHalfClose;
  }

  halfClose(): void {
    this.#isEndExpected = true;
    this.#lane.mark('half-close', 'the broker sends nothing more');
    this.#wire.halfClose();
  }

  cut({ reset = false, error }: { readonly reset?: boolean; readonly error?: unknown } = {}): void {
    if (this.isLeft) return;
    this.#leave(reset ? 'reset' : 'cut');
    this.#wire.cut({ reset, error });
  }

  /** Cuts when so many bytes have passed behind what was taken; resolves with whether the client has sent as many. */
  cutAfter(byteCount: number, reset: boolean): Promise<boolean> {
    const there = this.#arrivals.splice(0).map(bytesIn);
    const parts = this.#state === 'ended' ? [] : this.#unfinished().map(({ length }) => length);
    const bytes = [...there, ...parts].reduce((sum, length) => sum + length, 0);
    if (bytes < byteCount && this.#state === 'ended') return Promise.resolve(false);
    return new Promise((done) => {
      this.#passing = { bytes: byteCount - bytes, done, reset };
      this.#cutIfPassed();
    });
  }

  /** Closes it when all that was sent has left. */
  async finish(): Promise<void> {
    if (this.isLeft) return;
    this.#leave('broker closes');
    await this.#wire.finish();
  }

  /** Closes it now, whether the client takes what was sent or not. */
  async close(): Promise<void> {
    if (this.isLeft) return;
    this.#leave('broker closes');
    await this.#wire.close();
  }

  /** Gives it away: the stream, and the bytes that have come and were not taken. */
  give(label: string): { readonly io: Io; readonly received: Uint8Array } {
    const whole = this.#arrivals.flatMap((arrival) => (arrival.kind === 'packet' ? [arrival.entry.bytes] : []));
    const chunks = [...whole, ...this.#unfinished()];
    this.#state = 'left';
    this.#lane.mark(label);
    const io = new RecordedIo(this.#wire.give(), this.#lane, 'broker');
    return { io, received: concatenated(chunks) };
  }

  #leave(label: string): void {
    this.#state = 'left';
    this.#lane.end(label);
    this.#wake();
  }

  #arrived(bytes: Uint8Array): void {
    if (this.isLeft) return;
    if (this.#passing === undefined) {
      for (const entry of this.#lane.take('toServer', bytes)) this.#offer({ kind: 'packet', entry });
    } else {
      const passed = bytes.subarray(0, this.#passing.bytes);
      this.#lane.take('toServer', passed);
      this.#passing.bytes -= passed.length;
      this.#cutIfPassed();
    }
    this.#wake();
  }

  #ended(error: unknown): void {
    if (this.isLeft) return;
    this.#state = 'ended';
    for (const bytes of this.#unfinished()) this.#arrivals.push({ kind: 'part', bytes });
    this.#lane.end(error === undefined ? 'client closes' : 'lost', error instanceof Error ? error.message : '');
    this.#arrivals.push({ kind: 'end', error });
    this.#passing?.done(false);
    this.#wake();
  }

  #offer(arrival: Arrival): void {
    const packet = arrival.kind === 'packet' ? (arrival.entry.packet as ClientPacket | undefined) : undefined;
    if (this.isLeft) return;
    if (packet === undefined || !this.#host.answer(this, packet)) this.#arrivals.push(arrival);
  }

  /** A packet counts as dealt with: by the script, or by an answer. */
  noteTaken(packet: Packet | undefined): void {
    if (packet?.type === 'connect') this.connect ??= packet;
    if (packet?.type === 'disconnect') this.isDisconnected = true;
  }

  /** The beginning of a packet whose rest has not come. */
  #unfinished(): readonly Uint8Array<ArrayBuffer>[] {
    return this.#lane.parts.flatMap(({ direction, bytes }) => (direction === 'toServer' ? [bytes] : []));
  }

  #cutIfPassed(): void {
    const passing = this.#passing;
    if (passing === undefined || passing.bytes > 0) return;
    this.cut({ reset: passing.reset });
    passing.done(true);
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#host.changed();
  }
}

function bytesIn(arrival: Arrival): number {
  if (arrival.kind === 'end') return 0;
  return arrival.kind === 'packet' ? arrival.entry.bytes.length : arrival.bytes.length;
}

function concatenated(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const chunk of chunks) {
    all.set(chunk, position);
    position += chunk.length;
  }
  return all;
}
