import { readAck } from '../codec/ack.ts';
import { putAuth, readAuth, type AuthPacket } from '../codec/auth.ts';
import { readConnack, type ConnackPacket } from '../codec/connack.ts';
import type { Will } from '../codec/connect.ts';
import { putDisconnect, readDisconnect, type DisconnectPacket } from '../codec/disconnect.ts';
import { checkFirstByte, frameLength, packetBytes, wholeLength } from '../codec/fixed-header.ts';
import { packetTypeName } from '../codec/packet-name.ts';
import * as PacketType from '../codec/packet-type.ts';
import { SERVER } from '../codec/place.ts';
import type {
  AckProperties,
  AuthProperties,
  DisconnectProperties,
  ServerDisconnectProperties,
  SubscribeProperties,
  UnsubscribeProperties,
  UserProperties,
} from '../codec/properties.ts';
import { putU16, type Target } from '../codec/put.ts';
import type { QoS } from '../codec/qos.ts';
import { Reader } from '../codec/reader.ts';
import { describeReasonCode, ReasonCode } from '../codec/reason-code.ts';
import { readSuback, type Subscription } from '../codec/subscribe.ts';
import { invalidArgument, protocolError, violation } from '../codec/violation.ts';
import { DisconnectedError, InvalidRequestError, PeerError, type MqttError } from '../errors.ts';
import type { AckSender } from './ack-order.ts';
import { Block } from './block.ts';
import type { EngineEvent } from './event.ts';
import { grantedBy, type Granted } from './granted.ts';
import { checkConnack, encodeConnect, isPermanent, type ConnectRequest } from './handshake.ts';
import { Inbound } from './inbound.ts';
import type { InboundPublish, OwnedPublish } from './inbound-publish.ts';
import { KeepAlive } from './keep-alive.ts';
import { packetTooLarge } from './limits.ts';
import { Operation, type Request } from './operation.ts';
import { Outbox } from './outbox.ts';
import type { Publication } from './publication.ts';
import { Publishes } from './publishes.ts';
import { Requests } from './requests.ts';
import { RxBuffer } from './rx-buffer.ts';
import { SessionState } from './session-state.ts';
import { encodeSnapshot, restoreSnapshot } from './snapshot.ts';
import { isTransition, type ConnectionState } from './state.ts';
import { TxArena } from './tx-arena.ts';

/** One for all: nothing is kept in it from one packet to the next. */
const reader: Reader = /* @__PURE__ */ new Reader(SERVER);

/** How long a DISCONNECT for the broker's error may take to leave. */
const GOODBYE_MS_MAX = 1_000;

/**
 * All that an engine needs to know; every field is checked and has its default by then. Those without a comment mean what
 * they mean in `SessionConfig`, in the same units.
 */
export interface EngineOptions {
  readonly rx: Uint8Array<ArrayBuffer>;
  readonly tx: Uint8Array<ArrayBuffer>;
  readonly clientId: string;
  readonly keepAlive: number;
  readonly pingTimeoutMs: number | undefined;
  readonly sessionExpiryInterval: number;
  readonly adoptSession: boolean;
  readonly receiveMaximum: number;
  readonly inboundQoS2Max: number;
  readonly topicAliasMaximum: number;
  readonly automaticTopicAliases: number;
  readonly requestProblemInformation: boolean;
  readonly requestResponseInformation: boolean;
  readonly userProperties: UserProperties | undefined;
  readonly manualAck: boolean;
  /** What a session calls `inbound: 'discard'`. */
  readonly discard: boolean;
  readonly receiveStallMs: number;
  readonly inflightMax: number;
  readonly txReserve: number;
  readonly downgradeQoS: boolean;
  /** What `snapshot()` gave, perhaps in an earlier process. */
  readonly restore: Uint8Array | undefined;
  /** Makes the operations of a restored snapshot; default: plain ones. */
  readonly newOperation?: (() => Operation) | undefined;
  /** Something may be sent, or read, that was not possible before; for callers of `message.ack()`. */
  readonly onWork: () => void;
}

/** What belongs to one attempt to connect. Fields without a comment: as in `ConnectPacket` and its properties. */
export interface StartOptions {
  /** Default: the one before. Another one needs `cleanStart`. */
  readonly clientId?: string | undefined;
  /** Drops the state first, here and at the broker; default false. Without state, CONNECT asks for a clean start anyway. */
  readonly cleanStart?: boolean | undefined;
  readonly will?: Will | undefined;
  readonly username?: string | undefined;
  readonly password?: Uint8Array | string | undefined;
  readonly authenticationMethod?: string | undefined;
  readonly authenticationData?: Uint8Array | undefined;
}

export interface DisconnectOptions {
  /** Default: normal disconnection; 0x04 and every other code lets the will be published. Section 3.14.2.1. */
  readonly reasonCode?: ReasonCode | undefined;
  /** What the broker's Maximum Packet Size has no room for is left out: the reason string first, then user properties. */
  readonly properties?: DisconnectProperties | undefined;
}

/**
 * The MQTT v5 client without I/O: bytes, requests and the time go in; bytes, events and the next deadline come out. It
 * never waits, reads no clock, draws no random number and holds no stream.
 *
 * The time is milliseconds of any clock that does not go back.
 */
export class Engine {
  /** Counts what was taken in, sent again or pinged: it differs where there was progress. */
  progressCount = 0;
  readonly #options: EngineOptions;
  readonly #rx: RxBuffer;
  readonly #arena: TxArena;
  readonly #outbox: Outbox;
  readonly #session: SessionState;
  readonly #inbound: Inbound;
  readonly #publishes: Publishes;
  readonly #requests: Requests;
  /** Made with the first acknowledgement. */
  #sendAck: AckSender | null = null;
  #events: EngineEvent[] = [];
  #eventsTaken = 0;
  #state: ConnectionState = 'disconnected';
  #epoch = 0;
  /** What CONNECT said, until CONNACK. */
  #request: ConnectRequest | null = null;
  #authenticationMethod: string | undefined;
  #connect: Block | null = null;
  #granted: Granted | null = null;
  #keepAlive: KeepAlive | null = null;
  #pingOwed = false;
  /** The count of queued blocks up to the PINGREQ that has not left; 0: none. */
  #pingAt = 0;
  /** A CONNACK that the application has to verify before anything else happens. */
  #unverified: ConnackPacket | null = null;
  /** Whose turn it is in an authentication that is under way: the broker's, or ours. */
  #authTurn: 'broker' | 'client' | null = null;
  /** The packet that is next in rx waits until there is room for its answer. */
  #answerBlocked = false;
  /** The stream is gone: what has arrived is taken in, and needs no answer any more. */
  #lost = false;
  /** How the connection ends once the outbox is empty, or the time for that is over. */
  #ending: { readonly error: MqttError; readonly local: boolean; readonly expiryInterval: number } | null = null;
  #endingDueMs = Number.POSITIVE_INFINITY;
  #rxFull = false;
  #stallDueMs = Number.POSITIVE_INFINITY;
  #receiveStalled = false;
  #nowMs = 0;
  /** When the last packet left. */
  #sentMs = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#rx = new RxBuffer(options.rx);
    this.#arena = new TxArena(options.tx);
    this.#outbox = new Outbox(this.#arena);
    this.#session = new SessionState(options.clientId);
    const settled = (each: Operation | Request): void => void this.#events.push(each);
    this.#inbound = new Inbound(this.#rx, this.#session, options);
    this.#publishes = new Publishes(this.#arena, this.#outbox, this.#session, options, settled);
    this.#requests = new Requests(this.#arena, this.#outbox, this.#session, options.txReserve, settled);
    if (options.restore !== undefined) {
      const newOperation = options.newOperation ?? ((): Operation => new Operation(options.tx));
      restoreSnapshot(options.restore, this.#session, this.#arena, options.txReserve, this.#publishes, newOperation);
    }
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** What the CONNACK of the present connection allows. */
  get granted(): Granted | null {
    return this.#granted;
  }

  get clientId(): string {
    return this.#session.clientId;
  }

  /** What the connection will have ended with; `null` unless `disconnecting`. */
  get endingError(): MqttError | null {
    return this.#ending?.error ?? null;
  }

  get discardedCount(): number {
    return this.#inbound.discardedCount;
  }

  /** The durable state as bytes, exact for this moment. */
  snapshot(): Uint8Array<ArrayBuffer> {
    return encodeSnapshot(this.#session, this.#arena);
  }

  /** QoS 1 and 2 publishes without an answer. */
  get pending(): Operation[] {
    const { releasing, publishing } = this.#session;
    return [...releasing, ...publishing];
  }

  // Starting and ending a connection

  /**
   * Begins a connection over a stream that was just opened. Throws an `InvalidRequestError`, and changes nothing, where
   * the CONNECT could not be sent like this.
   */
  start(nowMs: number, options: StartOptions = {}): void {
    if (this.#state !== 'disconnected') {
      throw new InvalidRequestError(
        'already-connected',
        `The session is ${this.#state}: disconnect() it before it can have another stream`,
      );
    }
    const { cleanStart = false, clientId = this.#session.clientId } = options;
    const other = clientId !== this.#session.clientId;
    if (other && !cleanStart) {
      const message = `This session belongs to '${this.#session.clientId}'; another client identifier needs cleanStart`;
      throw new InvalidRequestError('client-id-changed', message);
    }
    const settings = this.#options;
    const hasState = this.#session.exists && !cleanStart;
    const adopts = settings.adoptSession && !cleanStart;
    const request: ConnectRequest = {
      ...options,
      clientId,
      cleanStart: !hasState && !adopts,
      acceptsSession: hasState || adopts,
      receiveMaximum: this.#inbound.receiveMaximum(settings.receiveMaximum, hasState),
    };
    const connect = encodeConnect(settings, request);
    if (cleanStart) this.#forgetSession();
    this.#session.clientId = clientId;
    this.#enter('connecting');
    this.#epoch++;
    this.#nowMs = nowMs;
    this.#sentMs = nowMs;
    this.#request = request;
    this.#authenticationMethod = request.authenticationMethod;
    this.#authTurn = request.authenticationMethod === undefined ? null : 'broker';
    this.#inbound.begin(this.#epoch, request.receiveMaximum);
    this.#connect = this.#pushBytes(connect);
  }

  /** The application is satisfied with the broker's proof (the `auth` event of a CONNACK). */
  verified(nowMs: number): void {
    const connack = this.#unverified;
    if (connack === null) return;
    this.#nowMs = nowMs;
    this.#unverified = null;
    this.#accepted(connack);
    this.#parse();
  }

  /** Answers the broker's AUTH (section 4.12); nothing, where it has none that waits for an answer. */
  authenticate(data: Uint8Array | undefined): void {
    if (this.#isOpen && this.#authTurn === 'client') this.#pushAuth(ReasonCode.continueAuthentication, data);
  }

  /** Begins a re-authentication (section 4.12.1). */
  reauthenticate(data: Uint8Array | undefined): void {
    this.#assertConnected();
    if (this.#authenticationMethod === undefined) {
      throw invalidArgument('reauthenticate() needs the authentication method of the CONNECT, and it had none');
    }
    if (this.#authTurn !== null) throw invalidArgument('A re-authentication is under way already');
    this.#pushAuth(ReasonCode.reAuthenticate, data);
  }

  /**
   * Ends the connection after what was accepted, but for publishes held by the quota. Drops received messages that were
   * not claimed. Before the CONNACK it is over at once.
   */
  disconnect(nowMs: number, options: DisconnectOptions = {}): void {
    const { reasonCode = ReasonCode.normalDisconnection, properties } = options;
    if (this.#arena.pinned !== null)
      throw invalidArgument('payload.write() cannot disconnect: its packet is half done');
    this.#checkExpiry(properties?.sessionExpiryInterval);
    const bytes = this.#encodeDisconnect(reasonCode, properties);
    this.#checkLength(bytes.length);
    this.#nowMs = nowMs;
    this.#inbound.drop();
    const error = new DisconnectedError('local', 'The application disconnected', { reasonCode });
    if (this.#state === 'connecting') this.#close(error, false);
    if (this.#state !== 'connected') return;
    this.#fill();
    this.#pushBytes(bytes);
    this.#endAfterOutput(error, true, Number.POSITIVE_INFINITY, properties?.sessionExpiryInterval);
  }

  /** Ends the connection with a DISCONNECT of that reason, ahead of all that waits; `error` is what the waits get. */
  fail(nowMs: number, error: MqttError, reasonCode: ReasonCode): void {
    this.#nowMs = nowMs;
    if (!this.#isOpen) return;
    // CONNECT goes first, whatever happens [MQTT-3.1.0-1].
    if (this.#connect?.queued !== true) this.#outbox.dropUnbegun();
    this.#pushBytes(this.#encodeDisconnect(reasonCode, undefined));
    this.#endAfterOutput(error, false, nowMs + GOODBYE_MS_MAX);
  }

  /** The stream is gone, or has to go at once. */
  ended(nowMs: number, error: MqttError): void {
    this.#nowMs = nowMs;
    this.#lost = true;
    this.#parse();
    this.#lost = false;
    if (this.#state !== 'disconnected') this.#close(this.#ending?.error ?? error, false);
  }

  // Bytes

  /** Where to put received bytes; `null`: read nothing now. */
  inputRoom(nowMs: number): Uint8Array<ArrayBuffer> | null {
    if (!this.#isOpen || this.#unverified !== null || this.#answerBlocked) return null;
    const room = this.#rx.room();
    const full = room === null;
    if (full !== this.#rxFull) {
      this.#rxFull = full;
      this.#keepAlive?.suspend(full, nowMs);
    }
    if (!full) this.#stallDueMs = Number.POSITIVE_INFINITY;
    else if (!this.#receiveStalled) this.#stallDueMs = Math.min(this.#stallDueMs, nowMs + this.#options.receiveStallMs);
    return room;
  }

  /** `count` bytes were put there. */
  received(count: number, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#rx.write += count;
    this.#keepAlive?.received(nowMs);
    this.#parse();
  }

  /** Whether `output()` would have something, and no write is outstanding. */
  get hasOutput(): boolean {
    if (this.#outbox.isLent) return false;
    if (!this.#outbox.isEmpty) return true;
    return this.#state === 'connected' && (this.#pingOwed || this.#inbound.owesAcks || this.#publishes.hasWork);
  }

  /** What to write now; `null`: nothing, or a write is outstanding. The bytes are lent until `sent()`. */
  output(): Uint8Array<ArrayBuffer> | null {
    if (this.#state === 'connected') this.#fill();
    return this.#outbox.lend();
  }

  /** The write has settled and took `count` bytes. */
  sent(count: number, nowMs: number): void {
    this.#nowMs = nowMs;
    const before = this.#outbox.writtenCount;
    this.#outbox.taken(count);
    const { writtenCount } = this.#outbox;
    if (writtenCount > before) this.#sentMs = nowMs;
    this.#keepAlive?.sent(writtenCount > before, nowMs);
    if (this.#pingAt !== 0 && writtenCount >= this.#pingAt) {
      this.#pingAt = 0;
      this.#keepAlive?.pingSent(nowMs);
    }
    if (this.#ending !== null && this.#outbox.isEmpty) {
      this.#session.expiryInterval = this.#ending.expiryInterval;
      this.#close(this.#ending.error, this.#ending.local);
    } else if (this.#answerBlocked) this.#parse();
  }

  /** How many packets, or runs of acknowledgements, were queued so far, and how many have left. */
  get queuedCount(): number {
    return this.#outbox.pushedCount;
  }

  get writtenCount(): number {
    return this.#outbox.writtenCount;
  }

  /** Whether packets of an earlier connection still wait for their turn. */
  get isHolding(): boolean {
    return this.#publishes.isHolding;
  }

  /** Whether no publish is without its answer. */
  get isQuiescent(): boolean {
    return this.#session.publishing.first === null && this.#session.releasing.first === null;
  }

  // Time

  /** When `tick()` has to run next; `Infinity`: no need. */
  get deadlineMs(): number {
    const keepAliveMs = this.#keepAlive === null ? Number.POSITIVE_INFINITY : this.#keepAlive.deadlineMs;
    return Math.min(keepAliveMs, this.#endingDueMs, this.#stallDueMs);
  }

  /** Does what is due. Input that has already arrived has to be taken in before. */
  tick(nowMs: number): void {
    this.#nowMs = nowMs;
    if (nowMs >= this.#endingDueMs) return this.#close(this.#ending!.error, false);
    if (nowMs >= this.#stallDueMs) {
      this.#stallDueMs = Number.POSITIVE_INFINITY;
      this.#receiveStalled = true;
      this.#events.push({ kind: 'receive-stalled' });
    }
    const due = this.#keepAlive?.tick(nowMs, this.#rx.write > this.#rx.parse);
    if (due === 'dead') {
      this.ended(nowMs, new DisconnectedError('keep-alive', 'The broker did not answer a PINGREQ in time'));
    } else if (due === 'ping') {
      this.#pingOwed = true;
      this.progressCount++;
    }
  }

  /** What has happened, in order; `null`: nothing more. */
  next(): EngineEvent | null {
    const event = this.#events[this.#eventsTaken];
    if (event === undefined) {
      if (this.#eventsTaken > 0) this.#events = [];
      this.#eventsTaken = 0;
      return null;
    }
    this.#eventsTaken++;
    return event;
  }

  // Requests

  /** See `Publishes.publish`. Needs a connection. */
  publish(operation: Operation, publication: Publication): boolean {
    this.#assertConnected();
    return this.#publishes.publish(operation, publication);
  }

  /** Throws where `publish` would. */
  checkPublish(publication: Publication): void {
    this.#assertConnected();
    this.#publishes.check(publication);
  }

  /** Whether a publish whose packet takes `byteLength` bytes would be accepted now. */
  canPublish(qos: QoS, byteLength: number): boolean {
    return this.#state === 'connected' && this.#publishes.canPublish(qos, byteLength);
  }

  /** `null`: there is no room now. Throws where the broker could not take it. Needs a connection. */
  subscribe(subscriptions: readonly Subscription[], properties: SubscribeProperties | undefined): Request | null {
    this.#assertConnected();
    return this.#requests.subscribe(subscriptions, properties);
  }

  /** `null`: there is no room now. Needs a connection. */
  unsubscribe(topicFilters: readonly string[], properties: UnsubscribeProperties | undefined): Request | null {
    this.#assertConnected();
    return this.#requests.unsubscribe(topicFilters, properties);
  }

  // Received messages

  get hasMessage(): boolean {
    return this.#inbound.hasMessage;
  }

  /** Whether nobody has been receiving for too long while rx is full. */
  get receiveStalled(): boolean {
    return this.#receiveStalled;
  }

  /** The application comes back for the next message: a view that it holds ends, and is acknowledged. */
  comeBack(): void {
    this.#inbound.comeBack();
    this.#receiveStalled = false;
    this.#stallDueMs = Number.POSITIVE_INFINITY;
  }

  /** The oldest message as a view; `hasMessage` has to be true, and `comeBack()` goes before. */
  claim(): InboundPublish {
    return this.#inbound.claim();
  }

  /** The oldest message in memory of its own; `hasMessage` has to be true, and `comeBack()` goes before. */
  claimOwned(): OwnedPublish {
    return this.#inbound.claimOwned();
  }

  // Taking packets in

  #parse(): void {
    this.#answerBlocked = false;
    try {
      while (this.#isOpen && this.#unverified === null) {
        const { bytes, parse, write } = this.#rx;
        if (parse === write) return;
        checkFirstByte(bytes[parse]!);
        const length = frameLength(bytes, parse, write);
        if (length > bytes.length) {
          throw violation(ReasonCode.packetTooLarge, '3.1.2.11.4', `A packet of ${length} bytes is above our maximum`);
        }
        if (length === 0 || parse + length > write) return;
        if ((this.#inbound.isFull && !this.#lost) || !this.#take(length)) {
          this.#answerBlocked = !this.#lost;
          if (this.#answerBlocked) return;
          this.#rx.consumed(length);
        }
        this.progressCount++;
      }
    } catch (error) {
      if (!(error instanceof PeerError)) throw error;
      this.#reject(error);
    }
  }

  /** Takes in the packet at the parse position; false: there is no room for its answer yet. */
  #take(length: number): boolean {
    const { bytes, parse } = this.#rx;
    reader.open(bytes, parse, parse + length);
    const type = reader.first >> 4;
    if (
      this.#state === 'connecting' &&
      type !== PacketType.connack &&
      type !== PacketType.auth &&
      type !== PacketType.disconnect
    ) {
      throw protocolError('3.2', `${packetTypeName(type)} came before CONNACK`);
    }
    switch (type) {
      case PacketType.publish:
        this.#inbound.publish(reader, length);
        return true;
      case PacketType.puback:
      case PacketType.pubrec:
      case PacketType.pubrel:
      case PacketType.pubcomp:
        if (!this.#takeAck(type)) return false;
        break;
      case PacketType.suback:
      case PacketType.unsuback: {
        const packet = readSuback(reader, type === PacketType.suback ? 'suback' : 'unsuback');
        this.#checkProblemInformation(packet.properties);
        this.#requests.answered(packet);
        break;
      }
      case PacketType.pingresp:
        reader.finish();
        this.#keepAlive?.answered();
        break;
      case PacketType.connack:
        this.#takeConnack(readConnack(reader));
        break;
      case PacketType.auth:
        this.#takeAuth(readAuth(reader));
        break;
      case PacketType.disconnect:
        this.#takeDisconnect(readDisconnect(reader));
        return true;
      default:
        throw protocolError('2.1.2', `${packetTypeName(type)} is not a packet that a server sends`);
    }
    this.#rx.consumed(length);
    return true;
  }

  #takeAck(type: AckType): boolean {
    let reasonCode: ReasonCode = ReasonCode.success;
    let properties: AckProperties | undefined;
    let packetId;
    if (reader.end - reader.position === 2) packetId = reader.packetId();
    else {
      const packet = readAck(reader);
      ({ packetId, reasonCode = ReasonCode.success, properties } = packet);
      this.#checkProblemInformation(properties);
    }
    switch (type) {
      case PacketType.puback:
        this.#publishes.puback(packetId, reasonCode, properties);
        return true;
      case PacketType.pubrec: {
        const answer = this.#publishes.pubrec(packetId, reasonCode, properties);
        return answer < 0 || this.#publishes.release(packetId, answer);
      }
      case PacketType.pubcomp:
        this.#publishes.pubcomp(packetId, reasonCode, properties);
        return true;
      default: {
        if (!this.#queueAck(PacketType.pubcomp, packetId, this.#inbound.pubrelAnswer(packetId))) return false;
        this.#inbound.released(packetId);
        return true;
      }
    }
  }

  /** [MQTT-3.1.2-29] */
  #checkProblemInformation(properties: AckProperties | AuthProperties | undefined): void {
    if (this.#options.requestProblemInformation || properties === undefined) return;
    if (properties.reasonString !== undefined || properties.userProperties !== undefined) {
      throw protocolError('3.1.2.11.7', 'The broker sends problem information that CONNECT declined');
    }
  }

  #takeConnack(connack: ConnackPacket): void {
    if (this.#state !== 'connecting') throw protocolError('3.2', 'A second CONNACK');
    checkConnack(connack, this.#options, this.#request!);
    if (this.#authenticationMethod === undefined) return this.#accepted(connack);
    this.#unverified = connack;
    this.#events.push({ kind: 'auth', reasonCode: 0, data: connack.properties?.authenticationData });
  }

  #accepted(connack: ConnackPacket): void {
    const { sessionPresent, properties } = connack;
    const session = this.#session;
    this.#authTurn = null;
    if (!this.#connect!.queued) this.#connect = null;
    const granted = grantedBy(connack, this.#options);
    this.#request = null;
    this.#granted = granted;
    this.#keepAlive = new KeepAlive(granted.keepAlive, this.#options.pingTimeoutMs, this.#nowMs);
    // The broker counts from CONNECT, or from the last AUTH.
    this.#keepAlive.sent(true, this.#sentMs);
    if (session.clientId === '') session.clientId = properties?.assignedClientIdentifier ?? '';
    this.#enter('connected');
    if (!sessionPresent) this.#forgetSession();
    session.exists = true;
    session.expiryInterval = granted.sessionExpiryInterval;
    this.#publishes.begin(granted);
    this.#requests.begin(granted);
    this.#events.push({ kind: 'connected', sessionPresent });
  }

  #takeAuth({ reasonCode, properties }: AuthPacket): void {
    const { authenticationMethod, authenticationData } = properties;
    const expected = this.#authenticationMethod;
    this.#checkProblemInformation(properties);
    if (expected === undefined || authenticationMethod !== expected) {
      throw protocolError('4.12', `AUTH has the authentication method '${authenticationMethod}'`);
    }
    const done = reasonCode === ReasonCode.success;
    if (this.#authTurn !== 'broker' || (done && this.#state === 'connecting')) {
      throw protocolError('4.12', `AUTH ${describeReasonCode(reasonCode)} at a moment where it means nothing`);
    }
    this.#authTurn = done ? null : 'client';
    this.#events.push({ kind: 'auth', reasonCode, data: authenticationData });
  }

  #takeDisconnect({ reasonCode = ReasonCode.normalDisconnection, properties }: DisconnectPacket): void {
    // Before CONNACK it may only say why there is none [MQTT-3.14.0-1].
    if (this.#state === 'connecting' && reasonCode < 0x80) {
      throw protocolError('3.14', `DISCONNECT ${describeReasonCode(reasonCode)} came before CONNACK`);
    }
    const details = { ...(properties as ServerDisconnectProperties | undefined), reasonCode };
    const message = `The broker disconnected: ${details.reasonString ?? describeReasonCode(reasonCode)}`;
    const error =
      this.#state === 'connecting'
        ? new PeerError('refused', message, { ...details, permanent: isPermanent(reasonCode), connectionLost: true })
        : new DisconnectedError('broker', message, details);
    this.#close(error, false);
  }

  /** The broker has broken the protocol: tell it why, and go. */
  #reject(cause: PeerError): void {
    // A refusal in a CONNACK ends the connection without a word of ours.
    if (cause.code === 'refused') return this.#close(cause, false);
    const { reasonCode } = cause;
    const connected = this.#state === 'connected';
    const error = connected ? new DisconnectedError('protocol', cause.message, { reasonCode, cause }) : cause;
    this.fail(this.#nowMs, error, reasonCode);
  }

  // Sending

  /** Queues what has become possible: acknowledgements, a PINGREQ, what a resume has left. */
  #fill(): void {
    if (this.#pingOwed) {
      const position = this.#outbox.control(2);
      if (position >= 0) {
        this.#arena.bytes[position] = PacketType.pingreq << 4;
        this.#arena.bytes[position + 1] = 0;
        this.#pingOwed = false;
        this.#pingAt = this.#outbox.pushedCount;
      }
    }
    if (this.#inbound.owesAcks) this.#inbound.drainAcks((this.#sendAck ??= this.#queueAck.bind(this)));
    if (this.#publishes.hasWork) {
      this.#publishes.pump();
      this.progressCount++;
    }
  }

  /** Queues a PUBACK, PUBREC or PUBCOMP; false: there is no room now. */
  #queueAck(type: number, packetId: number, reasonCode: number): boolean {
    const success = reasonCode === ReasonCode.success;
    const position = this.#outbox.control(success ? 4 : 5);
    if (position < 0) return false;
    const { bytes } = this.#arena;
    bytes[position] = type << 4;
    bytes[position + 1] = success ? 2 : 3;
    putU16(bytes, position + 2, packetId);
    if (!success) bytes[position + 4] = reasonCode;
    if (type === PacketType.pubrec) this.#inbound.pubrecLeft(packetId, reasonCode);
    return true;
  }

  #pushAuth(reasonCode: ReasonCode, authenticationData: Uint8Array | undefined): void {
    const authenticationMethod = this.#authenticationMethod;
    const packet: AuthPacket = { type: 'auth', reasonCode, properties: { authenticationMethod, authenticationData } };
    const bytes = packetBytes(PacketType.auth << 4, (target, position) => {
      return putAuth(target, position, packet, PacketType.auth);
    });
    this.#checkLength(bytes.length);
    this.#pushBytes(bytes);
    this.#authTurn = 'broker';
  }

  /** A DISCONNECT, without what the broker would find too long [MQTT-3.14.2-3, MQTT-3.14.2-4]. */
  #encodeDisconnect(reasonCode: ReasonCode, properties: DisconnectProperties | undefined): Uint8Array<ArrayBuffer> {
    const most = this.#granted?.maximumPacketSize ?? Number.POSITIVE_INFINITY;
    let packet: DisconnectPacket = { type: 'disconnect', reasonCode, properties };
    const put = (target: Target, position: number) => putDisconnect(target, position, packet, PacketType.disconnect);
    for (const name of ['reasonString', 'userProperties'] as const) {
      if (wholeLength(put(null, 0)) <= most) break;
      packet = { ...packet, properties: { ...packet.properties, [name]: undefined } };
    }
    return packetBytes(PacketType.disconnect << 4, put);
  }

  #pushBytes(bytes: Uint8Array<ArrayBuffer>): Block {
    const block = new Block(bytes);
    block.length = bytes.length;
    this.#outbox.push(block);
    return block;
  }

  #checkLength(length: number): void {
    const most = this.#granted?.maximumPacketSize;
    if (most !== undefined && length > most) throw packetTooLarge(length, most);
  }

  #checkExpiry(sessionExpiryInterval: number | undefined): void {
    if (sessionExpiryInterval !== undefined && sessionExpiryInterval > 0 && this.#options.sessionExpiryInterval === 0) {
      throw invalidArgument('A DISCONNECT cannot give the session a time that its CONNECT did not ask for');
    }
  }

  // Changing state

  #endAfterOutput(
    error: MqttError,
    local: boolean,
    dueMs: number,
    expiryInterval = this.#session.expiryInterval,
  ): void {
    this.#ending = { error, local, expiryInterval };
    this.#endingDueMs = dueMs;
    this.#keepAlive = null;
    this.#stallDueMs = Number.POSITIVE_INFINITY;
    this.#enter('disconnecting');
  }

  #close(error: MqttError, clean: boolean): void {
    this.#enter('disconnected');
    this.#events.push({ kind: 'closed', error, clean });
    this.#outbox.clear();
    this.#publishes.end();
    this.#inbound.end();
    this.#granted = null;
    this.#keepAlive = null;
    this.#pingOwed = false;
    this.#pingAt = 0;
    this.#unverified = null;
    this.#authTurn = null;
    this.#answerBlocked = false;
    this.#ending = null;
    this.#endingDueMs = Number.POSITIVE_INFINITY;
    this.#stallDueMs = Number.POSITIVE_INFINITY;
    this.#rxFull = false;
    this.#receiveStalled = false;
    // Without a name there is nothing to come back to.
    if (this.#session.expiryInterval === 0 || this.#session.clientId === '') this.#forgetSession();
  }

  #forgetSession(): void {
    this.#publishes.forget();
    this.#requests.forget();
    this.#session.forget();
  }

  #enter(state: ConnectionState): void {
    if (!isTransition(this.#state, state))
      throw new Error(`${this.#state} -> ${state} is not a step of the state table`);
    this.#state = state;
  }

  get #isOpen(): boolean {
    return this.#state === 'connecting' || this.#state === 'connected';
  }

  #assertConnected(): void {
    if (this.#state !== 'connected') throw new DisconnectedError('local', `The session is ${this.#state}`);
  }
}

type AckType =
  | typeof PacketType.puback
  | typeof PacketType.pubrec
  | typeof PacketType.pubrel
  | typeof PacketType.pubcomp;
