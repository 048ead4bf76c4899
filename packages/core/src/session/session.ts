import { SystemClock, type Clock } from '../clock.ts';
import type { Will } from '../codec/connect.ts';
import type { SubscribeProperties, UnsubscribeProperties } from '../codec/properties.ts';
import type { QoS } from '../codec/qos.ts';
import { ReasonCode } from '../codec/reason-code.ts';
import type { Subscription } from '../codec/subscribe.ts';
import { DisconnectedError, InvalidRequestError, NotReadyError, TransportError } from '../errors.ts';
import type { Io } from '../io.ts';
import { Engine, type DisconnectOptions } from '../protocol/engine.ts';
import type { AuthEvent, ClosedEvent, EngineEvent } from '../protocol/event.ts';
import type { Granted } from '../protocol/granted.ts';
import type { InboundPublish, OwnedPublish } from '../protocol/inbound-publish.ts';
import type { PublishResult, Request, RequestAnswer } from '../protocol/operation.ts';
import type { Publication } from '../protocol/publication.ts';
import type { ConnectionState } from '../protocol/state.ts';
import type { Authenticator } from './authenticator.ts';
import { Backlog } from './backlog.ts';
import { ConfigBuilder } from './config-builder.ts';
import {
  checkConfig,
  INBOUND_QOS2_MAX_DEFAULT,
  INFLIGHT_MAX_DEFAULT,
  KEEP_ALIVE_DEFAULT,
  RECEIVE_MAXIMUM_DEFAULT,
  RECEIVE_STALL_MS_DEFAULT,
  SESSION_EXPIRY_INTERVAL_DEFAULT,
  txReserveOf,
  type SessionConfig,
} from './config.ts';
import { Connection, type ConnectEvent } from './connect-event.ts';
import { Consumer } from './consumer.ts';
import { closeIo, Driver } from './driver.ts';
import { Messages, type MessageFeed } from './messages.ts';
import { SessionOp, type CompletionOptions, type CompletionSource, type Op } from './op.ts';
import { RequestQueue } from './request-queue.ts';
import { checkWaitOptions, Waits, type AbortSignalLike, type Wait, type WaitKind, type WaitOptions } from './wait.ts';

/** A connection attempt that takes longer is given up. */
export const CONNECT_TIMEOUT_MS_DEFAULT = 30_000;
/** What was accepted has this long to leave before a connection is closed without it. */
export const DISCONNECT_TIMEOUT_MS_DEFAULT = 5_000;

/** What belongs to one attempt, in place of what the configuration says. The default of `timeoutMs` is 30,000. */
export interface ConnectOptions extends WaitOptions {
  /** Drops the session's state, here and at the broker; needed to go on under another client identifier. */
  readonly cleanStart?: boolean | undefined;
  /** Text of at most 65,535 bytes; another one than before needs `cleanStart`. Section 3.1.3.1. */
  readonly clientId?: string | undefined;
  /** Text of at most 65,535 bytes. Section 3.1.3.5. */
  readonly username?: string | undefined;
  /** At most 65,535 bytes, text as UTF-8. Section 3.1.3.6. */
  readonly password?: Uint8Array | string | undefined;
  /** What the broker publishes when this connection is lost. Section 3.1.2.5. */
  readonly will?: Will | undefined;
  /** Enhanced authentication, at CONNECT and for `reauthenticate()`. Section 4.12. */
  readonly auth?: Authenticator | undefined;
}

export interface SubscribeOptions extends WaitOptions {
  /** A Subscription Identifier and User Properties; default: none. Section 3.8.2.1. */
  readonly properties?: SubscribeProperties | undefined;
}

export interface UnsubscribeOptions extends WaitOptions {
  /** User Properties; default: none. Section 3.10.2.1. */
  readonly properties?: UnsubscribeProperties | undefined;
}

/** One reason code for each topic filter, in their order: of a SUBACK, the QoS that was granted. */
export type SubscribeResult = RequestAnswer;
/** One reason code for each topic filter, in their order, of an UNSUBACK. */
export type UnsubscribeResult = RequestAnswer;

export interface SessionDisconnectOptions extends DisconnectOptions {
  /** Milliseconds; default 5,000. Past it, the connection is closed without DISCONNECT. */
  readonly timeoutMs?: number | undefined;
}

export interface DisconnectResult {
  /**
   * Whether the connection ended with our DISCONNECT, and its stream was closed in time, or there was none. If not, the
   * broker may publish the will.
   */
  readonly clean: boolean;
}

// A wait that only a packet of the broker can end, one that any progress may, and one that outlasts connections.
const ANSWER: WaitKind = { needsInput: true, survives: false };
const ANSWER_EVER: WaitKind = { needsInput: true, survives: true };
const OUTPUT: WaitKind = { needsInput: false, survives: false };
const LIFETIME: WaitKind = { needsInput: false, survives: true };
// Each an object of its own, so that `ofKind` finds the waits for just this: the end of a re-authentication, the next
// connection, the end of this one, and the pause before another attempt.
const PROOF: WaitKind = { ...ANSWER };
const CONNECTED: WaitKind = { ...LIFETIME };
const DISCONNECTED: WaitKind = { ...LIFETIME };
const DELAY: WaitKind = { ...LIFETIME };

const NO_OPTIONS: WaitOptions = {};

/**
 * An MQTT v5 session over byte streams that the caller opens. It survives their loss: what was accepted at QoS 1 and 2 is
 * sent again on the next connection, and what was received at QoS 2 is not handed over twice.
 *
 * While connected it reads, acknowledges and keeps the connection alive by itself; disconnected it does nothing.
 *
 * A call that needs a connection rejects with a `DisconnectedError` where there is none, and where the connection ends
 * while it waits. Every call that waits takes `signal` and `timeoutMs`; giving up loses nothing.
 */
export class Session {
  readonly #config: SessionConfig;
  readonly #clock: Clock;
  readonly #engine: Engine;
  readonly #waits: Waits;
  readonly #consumer: Consumer;
  /** Publishes that wait to be accepted, with the caller's objects. */
  readonly #publishes = new Backlog();
  readonly #requests = new RequestQueue();
  /** Made with the first publish. */
  #completions: CompletionSource | null = null;
  /** The stream that was given last. */
  #io: Io | null = null;
  #driver: Driver | null = null;
  /** The attempt to connect that is under way. */
  #connecting: Wait<ConnectEvent> | null = null;
  #connectionCount = 0;
  #event: Connection | null = null;
  /** How the last connection ended. */
  #lost: DisconnectedError | null = null;
  #auth: Authenticator | undefined;
  /** Whether a re-authentication is under way. */
  #proving = false;
  /** Whether the last connection ended with our DISCONNECT. */
  #endedClean = true;
  /** Settles when the stream of the last connection has been closed. */
  #closing: Promise<DisconnectResult> | null = null;
  /** Flushes: up to which packet each waits; -1: not known before what a resume holds has been queued. */
  #flushes: Map<Wait<void>, number> | null = null;
  #advancing = false;
  #armedForMs = Number.POSITIVE_INFINITY;

  /** Throws a `ConfigError`. The buffers belong to this session from here on. */
  constructor(config: SessionConfig | ConfigBuilder) {
    const settings = config instanceof ConfigBuilder ? config.build() : config;
    checkConfig(settings);
    settings.buffers.take();
    const { rx, tx } = settings.buffers;
    this.#config = settings;
    this.#clock = settings.clock ?? new SystemClock();
    this.#waits = new Waits({ onUntimed: this.#onDeadline, onAborted: this.#onProgress });
    try {
      this.#engine = new Engine({
        rx,
        tx,
        clientId: settings.clientId ?? '',
        keepAlive: settings.keepAlive ?? KEEP_ALIVE_DEFAULT,
        pingTimeoutMs: settings.pingTimeoutMs,
        sessionExpiryInterval: settings.sessionExpiryInterval ?? SESSION_EXPIRY_INTERVAL_DEFAULT,
        adoptSession: settings.adoptSession ?? false,
        receiveMaximum: settings.receiveMaximum ?? RECEIVE_MAXIMUM_DEFAULT,
        inboundQoS2Max: settings.inboundQoS2Max ?? INBOUND_QOS2_MAX_DEFAULT,
        topicAliasMaximum: settings.topicAliasMaximum ?? 0,
        automaticTopicAliases: settings.automaticTopicAliases ?? 0,
        requestProblemInformation: settings.requestProblemInformation ?? true,
        requestResponseInformation: settings.requestResponseInformation ?? false,
        userProperties: settings.userProperties,
        manualAck: settings.manualAck ?? false,
        discard: settings.inbound === 'discard',
        receiveStallMs: settings.receiveStallMs ?? RECEIVE_STALL_MS_DEFAULT,
        inflightMax: settings.inflightMax ?? INFLIGHT_MAX_DEFAULT,
        txReserve: txReserveOf(settings),
        downgradeQoS: settings.downgradeQoS ?? false,
        restore: settings.restore,
        newOperation: settings.restore && (() => this.#newOperation()),
        onWork: () => this.#driver?.scheduleWrite(),
      });
    } catch (error) {
      settings.buffers.release();
      throw error;
    }
    this.#consumer = new Consumer(this.#engine, this.#waits, this.#clock, () => this.#gone);
  }

  // What it is

  /** The session's clock. */
  get clock(): Clock {
    return this.#clock;
  }

  get state(): ConnectionState {
    return this.#connecting === null ? this.#engine.state : 'connecting';
  }

  /** Its name at the broker: configured, or assigned by the first CONNACK. */
  get clientId(): string {
    return this.#engine.clientId;
  }

  /** What the broker allows on the present connection; `undefined` while there is none. */
  get granted(): Granted | undefined {
    return this.#engine.granted ?? undefined;
  }

  /** The longest packet that can be received, in bytes. */
  get maxRxPacketSize(): number {
    return this.#config.buffers.rx.length;
  }

  /** The longest packet that can be published, in bytes: as `tx` has room, and the broker's limit where connected. */
  get maxTxPacketSize(): number {
    const room = this.#config.buffers.tx.length - txReserveOf(this.#config);
    return Math.min(room, this.#engine.granted?.maximumPacketSize ?? room);
  }

  /** QoS 1 and 2 publishes that were accepted and have not come to their end, in their order. */
  get pending(): readonly Op[] {
    return this.#engine.pending.filter((operation) => operation instanceof SessionOp);
  }

  /** Whether no publish waits, for room or for its acknowledgement. */
  get isPublishQuiescent(): boolean {
    return this.#publishes.isEmpty && this.#engine.isQuiescent;
  }

  /** Messages dropped under `inbound: 'discard'`. */
  get discardedCount(): number {
    return this.#engine.discardedCount;
  }

  /** Whether a publish whose packet takes `byteLength` bytes would be accepted at once. */
  canPublish(qos: QoS, byteLength: number): boolean {
    return this.#publishes.isEmpty && this.#engine.canPublish(qos, byteLength);
  }

  /**
   * The session's durable state (section 4.1), for `restore`: exact for this moment. What is sent afterwards may repeat
   * when it is restored.
   */
  snapshot(): Uint8Array<ArrayBuffer> {
    return this.#engine.snapshot();
  }

  // Connecting

  /**
   * Speaks MQTT over `io`, an open stream that belongs to the session from here on: if this rejects, it has been closed.
   * Settles with the CONNACK, by default within 30,000 ms.
   *
   * Rejects with `PeerError` (`refused`: look at `permanent`; `invalid-packet`), `TransportError`, `signal.reason`,
   * `DisconnectedError` (by `disconnect()`), or `InvalidRequestError` (`already-connected`, `client-id-changed`,
   * `invalid-argument`). Section 3.1.
   */
  connect(io: Io, options: ConnectOptions = {}): Promise<ConnectEvent> {
    const { signal, timeoutMs = CONNECT_TIMEOUT_MS_DEFAULT } = options;
    try {
      if (this.state !== 'disconnected') {
        const message = `The session is ${this.state}: disconnect() it before it can have another stream`;
        throw new InvalidRequestError('already-connected', message);
      }
      checkWaitOptions({ signal, timeoutMs });
    } catch (error) {
      if (io !== this.#io || this.state === 'disconnected') void closeIo(io);
      return Promise.reject(error);
    }
    const wait = this.#waits.add<ConnectEvent>(LIFETIME, { signal, timeoutMs }, this.#clock);
    this.#connecting = wait;
    this.#io = io;
    wait.onCancel = () => this.#abandon(io);
    wait.onTimeout = () => {
      wait.cancel(new TransportError('connect-timeout', `The broker sent no CONNACK within ${timeoutMs} ms`));
    };
    this.#arm();
    void this.#begin(io, options, wait);
    return wait.promise;
  }

  /** The present connection's event, or the next one's; waits for as long as that takes. */
  connected(options: WaitOptions = {}): Promise<ConnectEvent> {
    return this.#attempt(() => {
      checkWaitOptions(options);
      if (this.#event !== null && this.#engine.state === 'connected') return Promise.resolve(this.#event);
      return this.#add<ConnectEvent>(CONNECTED, options).promise;
    });
  }

  /**
   * Ends the connection: what was accepted leaves first, but for publishes held back by the broker's Receive Maximum,
   * then DISCONNECT, then the stream is closed. Works in every state, any number of times, and settles within
   * `timeoutMs` (default 5,000). Rejects with `InvalidRequestError` only. Section 3.14.
   */
  disconnect(options: SessionDisconnectOptions = {}): Promise<DisconnectResult> {
    return this.#attempt(() => {
      const { timeoutMs = DISCONNECT_TIMEOUT_MS_DEFAULT } = options;
      checkWaitOptions({ timeoutMs });
      this.#engine.disconnect(this.#clock.now(), options);
      for (const delay of this.#waits.ofKind(DELAY)) delay.timeOut();
      const driver = this.#driver;
      if (driver === null && this.#connecting !== null) {
        const message = 'The application disconnected before there was a connection';
        this.#connecting.cancel(new DisconnectedError('local', message));
      }
      if (driver === null && this.#closing === null) return Promise.resolve({ clean: this.#endedClean });
      const wait = this.#add<DisconnectResult>(driver === null ? LIFETIME : DISCONNECTED, { timeoutMs });
      wait.onTimeout = () => {
        wait.resolve({ clean: false });
        if (driver === null || driver !== this.#driver) return;
        const message = 'The application disconnected, and the transport took no more bytes';
        this.#engine.ended(this.#clock.now(), new DisconnectedError('local', message));
        this.#advance();
      };
      if (driver === null) void this.#closing!.then((result) => wait.resolve(result));
      this.#advance();
      return wait.promise;
    });
  }

  /**
   * Proves who we are once more, with the authenticator of this connection (section 4.12.1); where that is under way
   * already, waits for it. Rejects with `InvalidRequestError` where CONNECT named no method.
   */
  reauthenticate(options: WaitOptions = {}): Promise<void> {
    return this.#attempt(() => {
      checkWaitOptions(options);
      this.#assertConnected();
      const auth = this.#auth;
      if (auth === undefined) {
        const message = 'reauthenticate() needs a connection whose connect() had an authenticator';
        throw new InvalidRequestError('invalid-argument', message);
      }
      const wait = this.#add<void>(PROOF, options);
      if (!this.#proving) void this.#prove(auth);
      return wait.promise;
    });
  }

  /** Waits on the session's clock, or until `disconnect()` is called. Rejects with `signal.reason` only. */
  delay(delayMs: number, signal?: AbortSignalLike): Promise<void> {
    return this.#attempt(() => {
      checkWaitOptions({ signal, timeoutMs: delayMs });
      const wait = this.#add<void>(DELAY, { signal, timeoutMs: delayMs });
      wait.onTimeout = () => wait.resolve();
      return wait.promise;
    });
  }

  // Receiving

  /**
   * The next message, as a view that is good until the next `recv()`, `poll()` or `drive()`. Coming back acknowledges the
   * message before, unless with `manualAck`. What arrived before the connection was lost is still handed over.
   */
  recv(options: WaitOptions = NO_OPTIONS): Promise<InboundPublish> {
    return this.#receive('view', options) as Promise<InboundPublish>;
  }

  /** Like `recv()`, but resolves with `null` for progress of another kind: an acknowledgement, a ping, a resend. */
  poll(options: WaitOptions = NO_OPTIONS): Promise<InboundPublish | null> {
    return this.#receive('poll', options) as Promise<InboundPublish | null>;
  }

  /** Like `recv()`, at once: pushes out what can go, and returns a message that has arrived, or `null`. */
  drive(): InboundPublish | null {
    const message = this.#consumer.take('view', NO_OPTIONS) as InboundPublish | null;
    this.#driver?.write();
    this.#driver?.resume();
    return message;
  }

  /**
   * The messages of this connection, as copies that last. Ends normally when the connection is gone; leaving the loop
   * does not acknowledge the message in hand.
   */
  messages(options: Pick<WaitOptions, 'signal'> = {}): AsyncIterableIterator<OwnedPublish> {
    const connection = this.#connectionCount;
    const feed: MessageFeed = {
      nextOwned: () => (connection === this.#connectionCount ? this.#nextOwned(options, feed) : null),
      leave: () => this.#consumer.leave(feed),
    };
    return new Messages(feed);
  }

  // Sending

  /**
   * Accepts a publish: its packet is in `tx` when this resolves. Where there is room and quota, that is before this
   * returns; else it keeps the caller's objects until it settles. Publishes leave in the order of the calls.
   *
   * Rejects with `InvalidRequestError` (`invalid-argument`, `not-granted`), `ResourceError`, `NotReadyError`
   * (`receive-stalled`), `DisconnectedError`, `TimeoutError` or `signal.reason`. Section 3.3.
   */
  publish(publication: Publication, options: WaitOptions = NO_OPTIONS): Promise<Op> {
    // Not by way of #attempt: it would make a closure for each publish.
    try {
      checkWaitOptions(options);
      const operation = this.#tryPublish(publication);
      return operation === null ? this.#waitToPublish(publication, options) : Promise.resolve(operation);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Like `publish()`, at once; `null`: there is no room or no quota now, or others wait before it. Throws what that rejects with. */
  tryPublish(publication: Publication): Op | null {
    return this.#tryPublish(publication);
  }

  /**
   * Subscribes to topic filters; a string stands for a filter at QoS 0. Settles with the SUBACK. Rejects with `PeerError`
   * (`refused`) where the broker refused any: its `reasonCodes` has the results of all. Section 3.8.
   */
  subscribe(filters: readonly (string | Subscription)[], options: SubscribeOptions = {}): Promise<SubscribeResult> {
    const subscriptions = [...filters].map((each) => (typeof each === 'string' ? { topicFilter: each } : each));
    return this.#ask(options, () => this.#engine.subscribe(subscriptions, options.properties));
  }

  /** Unsubscribes from topic filters. Settles with the UNSUBACK, and rejects like `subscribe()`. Section 3.10. */
  unsubscribe(topicFilters: readonly string[], options: UnsubscribeOptions = {}): Promise<UnsubscribeResult> {
    const filters = [...topicFilters];
    return this.#ask(options, () => this.#engine.unsubscribe(filters, options.properties));
  }

  /** Settles when everything accepted so far was handed to the transport, and by it to the operating system. */
  flush(options: WaitOptions = {}): Promise<void> {
    return this.#attempt(() => {
      checkWaitOptions(options);
      this.#assertConnected();
      const { queuedCount, writtenCount, isHolding } = this.#engine;
      const isWritten = !isHolding && writtenCount >= queuedCount;
      const flushed = isWritten ? this.#driver!.flush() : null;
      if (flushed === undefined) return Promise.resolve();
      // What a resume has left to send may have to wait for acknowledgements.
      const wait = this.#add<void>(isHolding ? ANSWER : OUTPUT, options);
      if (flushed === null) {
        const flushes = (this.#flushes ??= new Map());
        flushes.set(wait, isHolding ? -1 : queuedCount);
        wait.onCancel = () => void flushes.delete(wait);
      } else void flushed.then(() => wait.resolve());
      return wait.promise;
    });
  }

  // How it works

  async #begin(io: Io, options: ConnectOptions, wait: Wait<ConnectEvent>): Promise<void> {
    const auth = options.auth ?? this.#config.auth;
    try {
      const authenticationData = auth === undefined ? undefined : await this.#firstData(auth);
      if (this.#connecting !== wait) return;
      this.#engine.start(this.#clock.now(), {
        clientId: options.clientId,
        cleanStart: options.cleanStart,
        username: options.username ?? this.#config.username,
        password: options.password ?? this.#config.password,
        will: options.will ?? this.#config.will,
        authenticationMethod: auth?.method,
        authenticationData,
      });
    } catch (error) {
      wait.cancel(error);
      return;
    }
    this.#auth = auth;
    this.#connectionCount++;
    this.#driver = new Driver(io, this.#engine, this.#clock, this.#config.buffers.rx.length, {
      onProgress: this.#onProgress,
      onReadEnd: this.#onDeadline,
      onFailure: (error) => this.#transportFailed(error),
    });
    this.#advance();
  }

  async #firstData(auth: Authenticator): Promise<Uint8Array | undefined> {
    try {
      return await auth.start();
    } catch (cause) {
      throw authenticatorFailed(cause);
    }
  }

  /** The attempt to connect was given up. */
  #abandon(io: Io): void {
    this.#connecting = null;
    if (this.#driver === null) void closeIo(io);
    else {
      this.#engine.ended(this.#clock.now(), this.#gone);
      this.#advance();
    }
  }

  #transportFailed(cause: TransportError): void {
    const lost = new DisconnectedError('transport', `The connection was lost: ${cause.message}`, { cause });
    this.#engine.ended(this.#clock.now(), this.#connecting === null ? lost : cause);
    this.#advance();
  }

  /** Carries out what the engine's last step has brought about. */
  #advance(): void {
    if (this.#advancing) return;
    this.#advancing = true;
    for (let event = this.#engine.next(); event !== null; event = this.#engine.next()) {
      this.#handle(event);
    }
    this.#consumer.deliver();
    if (this.#engine.state === 'connected') {
      this.#requests.drain();
      this.#publishes.drain();
    }
    if (this.#flushes !== null) this.#checkFlushes(this.#flushes);
    this.#advancing = false;
    this.#kick();
  }

  /** Reads and writes as far as that is possible now, and sees to the next deadline. */
  #kick(): void {
    if (this.#driver === null) this.#arm();
    else this.#driver.kick();
  }

  #handle(event: EngineEvent): void {
    switch (event.kind) {
      case 'operation':
        return (event as SessionOp).notify();
      case 'request':
        return this.#requests.settled(event);
      case 'connected':
        return this.#onConnected(event.sessionPresent);
      case 'auth':
        return this.#onAuth(event);
      case 'receive-stalled':
        return this.#waits.inputStalled(receiveStalled);
      case 'closed':
        return this.#onClosed(event);
    }
  }

  #onConnected(sessionPresent: boolean): void {
    const kind = sessionPresent ? 'reconnected' : 'connected';
    const event = new Connection(kind, this.clientId, this.#engine.granted!);
    this.#event = event;
    const connecting = this.#connecting!;
    this.#connecting = null;
    connecting.resolve(event);
    for (const wait of this.#waits.ofKind<ConnectEvent>(CONNECTED)) wait.resolve(event);
  }

  #onClosed({ error, clean }: ClosedEvent): void {
    const closing = this.#driver!.stop().then(() => {
      if (this.#closing === closing) this.#closing = null;
      return { clean };
    });
    this.#closing = closing;
    this.#endedClean = clean;
    this.#driver = null;
    const connecting = this.#connecting;
    this.#connecting = null;
    if (connecting !== null) connecting.reject(error);
    else if (error instanceof DisconnectedError) {
      const event = this.#event;
      if (event !== null) this.#lost = error;
      this.#event = null;
      this.#proving = false;
      // A message that came together with the end is handed over before it.
      if (this.#engine.hasMessage) this.#consumer.deliver();
      this.#waits.connectionEnded(error);
      event?.end(error);
    }
    for (const wait of this.#waits.ofKind<DisconnectResult>(DISCONNECTED)) {
      void closing.then((result) => wait.resolve(result));
    }
  }

  #onAuth({ reasonCode, data }: AuthEvent): void {
    const auth = this.#auth!;
    if (reasonCode === ReasonCode.continueAuthentication) {
      void this.#consult(
        () => auth.respond(data),
        (answer) => this.#engine.authenticate(answer),
      );
    } else {
      void this.#consult(
        () => auth.finish?.(data),
        () => {
          this.#engine.verified(this.#clock.now());
          this.#proved((wait) => wait.resolve());
        },
      );
    }
  }

  #prove(auth: Authenticator): Promise<void> {
    this.#proving = true;
    return this.#consult(
      () => auth.start(),
      (data) => {
        try {
          this.#engine.reauthenticate(data);
        } catch (error) {
          this.#proved((wait) => wait.reject(error));
        }
      },
    );
  }

  /** A re-authentication is over. */
  #proved(settle: (wait: Wait<void>) => void): void {
    this.#proving = false;
    for (const wait of this.#waits.ofKind<void>(PROOF)) settle(wait);
  }

  /** Asks the authenticator, and goes on with its answer if the connection is still there. */
  async #consult<T>(ask: () => T | Promise<T>, goOn: (answer: T) => void): Promise<void> {
    const driver = this.#driver;
    const isOver = (): boolean => this.#driver !== driver || this.#engine.state === 'disconnecting';
    try {
      const answer = await ask();
      if (isOver()) return;
      goOn(answer);
    } catch (cause) {
      if (isOver()) return;
      this.#engine.fail(this.#clock.now(), authenticatorFailed(cause), ReasonCode.unspecifiedError);
    }
    this.#advance();
  }

  #tryPublish(publication: Publication): SessionOp | null {
    this.#assertConnected();
    if (!this.#publishes.isEmpty) return null;
    const operation = this.#newOperation();
    if (!this.#engine.publish(operation, publication)) return null;
    this.#driver!.scheduleWrite();
    return operation;
  }

  #waitToPublish(publication: Publication, options: WaitOptions): Promise<SessionOp> {
    this.#engine.checkPublish(publication);
    const wait = this.#add<SessionOp>(ANSWER, options);
    const operation = this.#newOperation();
    this.#publishes.add(wait, () => {
      const isAccepted = this.#engine.publish(operation, publication);
      if (isAccepted) wait.resolve(operation);
      return isAccepted;
    });
    return wait.promise;
  }

  #newOperation(): SessionOp {
    this.#completions ??= { complete: (operation, options) => this.#complete(operation, options) };
    return new SessionOp(this.#completions, this.#config.buffers.tx);
  }

  #receive(mode: 'view' | 'poll', options: WaitOptions): Promise<InboundPublish | OwnedPublish | null> {
    // Not by way of #attempt: it would make a closure for each message.
    try {
      const message = this.#consumer.take(mode, options);
      const received = message === null ? this.#consumer.wait(mode, options) : Promise.resolve(message);
      this.#driver?.resume();
      if (options.timeoutMs !== undefined) this.#arm();
      return received;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** A message that has arrived, or a promise of the next one; `null`: the connection is gone. */
  #nextOwned(options: WaitOptions, owner: object): OwnedPublish | null | Promise<OwnedPublish | null> {
    try {
      const message = this.#consumer.take('owned', options) as OwnedPublish | null;
      const received = message ?? (this.#consumer.wait('owned', options, owner) as Promise<OwnedPublish | null>);
      this.#driver?.resume();
      return received instanceof Promise ? received.catch(nullWhereDisconnected) : received;
    } catch (error) {
      return nullWhereDisconnected(error);
    }
  }

  #ask(options: WaitOptions, submit: () => Request | null): Promise<RequestAnswer> {
    return this.#attempt(() => {
      checkWaitOptions(options);
      this.#assertConnected();
      this.#assertReading();
      const answer = this.#requests.add(submit, () => this.#add<RequestAnswer>(ANSWER, options));
      this.#driver!.scheduleWrite();
      return answer;
    });
  }

  #complete(operation: SessionOp, options: CompletionOptions): Promise<PublishResult> {
    return this.#attempt(() => {
      checkWaitOptions(options);
      if (operation.state === 'complete') return Promise.resolve(operation.result!);
      if (operation.state !== 'pending') throw operation.error;
      const across = options.acrossConnections === true;
      if (!across && this.#engine.granted === null) throw this.#gone;
      const wait = this.#add<PublishResult>(completionKind(operation, across), options);
      const waits = (operation.waits ??= new Set());
      waits.add(wait);
      wait.onCancel = () => void waits.delete(wait);
      return wait.promise;
    });
  }

  #checkFlushes(flushes: Map<Wait<void>, number>): void {
    const { queuedCount, writtenCount, isHolding } = this.#engine;
    for (const [wait, mark] of flushes) {
      const upTo = mark >= 0 || isHolding ? mark : queuedCount;
      flushes.set(wait, upTo);
      if (upTo < 0 || writtenCount < upTo) continue;
      flushes.delete(wait);
      const flushed = this.#driver!.flush();
      if (flushed === undefined) wait.resolve();
      else void flushed.then(() => wait.resolve());
    }
  }

  #add<T>(kind: WaitKind, options: WaitOptions): Wait<T> {
    if (kind.needsInput) this.#assertReading();
    const wait = this.#waits.add<T>(kind, options, this.#clock);
    if (options.timeoutMs !== undefined) this.#arm();
    return wait;
  }

  #assertReading(): void {
    if (this.#engine.receiveStalled) throw receiveStalled();
  }

  /** A synchronous throw becomes a rejection. */
  #attempt<T>(call: () => Promise<T>): Promise<T> {
    try {
      return call();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #assertConnected(): void {
    if (this.#engine.state === 'connected') return;
    throw (this.#connecting === null ? this.#engine.endingError : null) ?? this.#gone;
  }

  /** Why there is no connection. */
  get #gone(): DisconnectedError {
    this.#lost ??= new DisconnectedError('local', 'The session is not connected: call connect()');
    return this.#lost;
  }

  /** Sees to it that the timer fires in time. One that fires early only looks and is set again. */
  #arm(): void {
    const dueMs = Math.min(this.#engine.deadlineMs, this.#waits.deadlineMs);
    if (dueMs === Number.POSITIVE_INFINITY) {
      if (this.#armedForMs !== dueMs) this.#clock.wake(undefined, this.#onWake);
      this.#armedForMs = dueMs;
    } else if (dueMs < this.#armedForMs) {
      this.#armedForMs = dueMs;
      this.#clock.wake(dueMs, this.#onWake);
    }
  }

  // One closure each for all who call them: an idle session is small.
  readonly #onProgress = (): void => this.#advance();
  readonly #onDeadline = (): void => this.#arm();

  readonly #onWake = (): void => {
    this.#armedForMs = Number.POSITIVE_INFINITY;
    // Input that has arrived by now is taken in first: it may be what was waited for.
    this.#clock.defer(() => this.#takeTime());
  };

  #takeTime(): void {
    const nowMs = this.#clock.now();
    if (nowMs >= this.#engine.deadlineMs) this.#engine.tick(nowMs);
    this.#waits.expire(nowMs);
    this.#advance();
  }
}

function nullWhereDisconnected(error: unknown): null {
  if (error instanceof DisconnectedError) return null;
  throw error;
}

/** A publish of QoS 0 is complete with its last byte, and needs no answer. */
function completionKind({ qos }: SessionOp, across: boolean): WaitKind {
  if (qos === 0) return across ? LIFETIME : OUTPUT;
  return across ? ANSWER_EVER : ANSWER;
}

function receiveStalled(): NotReadyError {
  const message =
    'rx is full and nobody receives, so that no answer can arrive: call recv(), or use inbound: "discard"';
  return new NotReadyError('receive-stalled', message);
}

function authenticatorFailed(cause: unknown): DisconnectedError {
  return new DisconnectedError('local', 'The authenticator failed', { cause });
}
