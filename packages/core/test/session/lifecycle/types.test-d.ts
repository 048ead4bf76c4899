import { expectTypeOf } from 'vitest';
import {
  ConfigBuilder,
  keepConnected,
  type Buffers,
  type ConnectEvent,
  type ConnectionState,
  type ConnectOptions,
  type DisconnectedBy,
  type DisconnectedError,
  type DisconnectResult,
  type Granted,
  type InboundPublish,
  type Io,
  type KeepConnectedOptions,
  type Op,
  type OpenContext,
  type OpenResult,
  type OwnedPublish,
  type PeerError,
  type PublishResult,
  type ReasonCode,
  type Session,
  type SessionConfig,
  type SubscribeResult,
  type TransportError,
  type WaitOptions,
} from '@minimq/core';

declare const session: Session;
declare const buffers: Buffers;
declare const io: Io;

// What the calls give

expectTypeOf(session.state).toEqualTypeOf<ConnectionState>();
expectTypeOf<ConnectionState>().toEqualTypeOf<'disconnected' | 'connecting' | 'connected' | 'disconnecting'>();
expectTypeOf(session.granted).toEqualTypeOf<Granted | undefined>();
expectTypeOf(session.connect(io)).toEqualTypeOf<Promise<ConnectEvent>>();
expectTypeOf(session.connected()).toEqualTypeOf<Promise<ConnectEvent>>();
expectTypeOf(session.recv()).toEqualTypeOf<Promise<InboundPublish>>();
expectTypeOf(session.poll()).toEqualTypeOf<Promise<InboundPublish | null>>();
expectTypeOf(session.drive()).toEqualTypeOf<InboundPublish | null>();
expectTypeOf(session.messages()).toEqualTypeOf<AsyncIterableIterator<OwnedPublish>>();
expectTypeOf(session.publish({ topic: 't' })).toEqualTypeOf<Promise<Op>>();
expectTypeOf(session.tryPublish({ topic: 't' })).toEqualTypeOf<Op | null>();
expectTypeOf(session.subscribe(['f'])).toEqualTypeOf<Promise<SubscribeResult>>();
expectTypeOf(session.flush()).toEqualTypeOf<Promise<void>>();
expectTypeOf(session.reauthenticate()).toEqualTypeOf<Promise<void>>();
expectTypeOf(session.disconnect()).toEqualTypeOf<Promise<DisconnectResult>>();
expectTypeOf(session.pending).toEqualTypeOf<readonly Op[]>();
declare const op: Op;
expectTypeOf(op.completion()).toEqualTypeOf<Promise<PublishResult>>();
// An op is not thenable: `await` gives the op itself.
expectTypeOf<Awaited<Op>>().toEqualTypeOf<Op>();

// The end of a connection

declare const event: ConnectEvent;
expectTypeOf(event.kind).toEqualTypeOf<'connected' | 'reconnected'>();
expectTypeOf(event.closed).toEqualTypeOf<Promise<DisconnectedError>>();
declare const gone: DisconnectedError;
expectTypeOf(gone.by).toEqualTypeOf<DisconnectedBy>();
expectTypeOf<DisconnectedBy>().toEqualTypeOf<'local' | 'broker' | 'transport' | 'protocol' | 'keep-alive'>();
expectTypeOf<DisconnectedError['code']>().toEqualTypeOf<'disconnected'>();
expectTypeOf(gone.reasonCode).toEqualTypeOf<ReasonCode | undefined>();
expectTypeOf(gone.cause).toBeUnknown();
// A code tells the class.
declare const error: DisconnectedError | PeerError | TransportError;
if (error.code === 'disconnected') expectTypeOf(error).toEqualTypeOf<DisconnectedError>();
if (error.code === 'refused') expectTypeOf(error).toEqualTypeOf<PeerError>();

// What they take

declare const signal: AbortSignal;
const wait: WaitOptions = { signal, timeoutMs: undefined };
void session.recv(wait);
void session.messages({ signal });
const attempt: ConnectOptions = {
  signal: undefined,
  cleanStart: true,
  password: new Uint8Array(1),
  will: { topic: 'w' },
};
void session.connect(io, attempt);
// @ts-expect-error: time is a number of milliseconds.
void session.recv({ timeoutMs: '5' });
// @ts-expect-error: messages() has no time limit.
void session.messages({ timeoutMs: 5 });
// @ts-expect-error: a will has no topic alias.
void session.connect(io, { will: { topic: 'w', properties: { topicAlias: 1 } } });
// @ts-expect-error: a client names no server.
void session.disconnect({ properties: { serverReference: 'b' } });
// @ts-expect-error: nor a reason that MQTT does not have.
void session.disconnect({ reasonCode: 3 });
// @ts-expect-error: a stream writes as well.
void session.connect({ read: () => 0, flush: () => {}, close: () => {} });

// Configuration

const config: SessionConfig = { buffers, clientId: undefined, keepAlive: 10, inbound: 'discard' };
expectTypeOf(new ConfigBuilder(buffers).keepAlive(10).build()).toEqualTypeOf<SessionConfig>();
expectTypeOf(new ConfigBuilder(buffers).set('manualAck', true)).toEqualTypeOf<ConfigBuilder>();
// @ts-expect-error: not of the setting's type.
new ConfigBuilder(buffers).set('keepAlive', '10');
// @ts-expect-error: no such setting.
new ConfigBuilder(buffers).set('keepalive', 10);
// @ts-expect-error: the buffers are given once.
new ConfigBuilder(buffers).set('buffers', buffers);
// @ts-expect-error: a configuration is not written to.
config.keepAlive = 5;
// @ts-expect-error: buffers have no default.
const none: SessionConfig = {};
void none;

// keepConnected

expectTypeOf<OpenContext['signal']>().toEqualTypeOf<AbortSignal>();
expectTypeOf<OpenContext['serverReference']>().toEqualTypeOf<string | undefined>();
expectTypeOf<Parameters<KeepConnectedOptions['run']>>().toEqualTypeOf<[event: ConnectEvent, signal: AbortSignal]>();
expectTypeOf(keepConnected(session, { open: () => io, run: () => {} })).toEqualTypeOf<Promise<void>>();
void keepConnected(session, { open: async () => ({ io, password: 'p' }), run: async () => {}, signal });
// @ts-expect-error: the signal is the helper's, not the attempt's.
const opened: OpenResult = { io, signal };
void opened;

// Nothing of it is `any`.

type IsAny<T> = 0 extends 1 & T ? true : false;
type AnyKeys<T> = { [K in keyof T]-?: IsAny<T[K]> extends true ? K : never }[keyof T];
type AnyCalls<T> = {
  [K in keyof T]-?: T[K] extends (...args: infer P) => infer R
    ? IsAny<P[number]> extends true
      ? K
      : IsAny<Awaited<R>> extends true
        ? K
        : never
    : never;
}[keyof T];
interface AnyOf<T> {
  keys: AnyKeys<T>;
  calls: AnyCalls<T>;
}
interface Clean {
  keys: never;
  calls: never;
}
expectTypeOf<AnyOf<Session>>().toEqualTypeOf<Clean>();
expectTypeOf<AnyOf<SessionConfig>>().toEqualTypeOf<Clean>();
expectTypeOf<AnyOf<ConnectOptions>>().toEqualTypeOf<Clean>();
expectTypeOf<AnyOf<ConnectEvent>>().toEqualTypeOf<Clean>();
expectTypeOf<AnyOf<Op>>().toEqualTypeOf<Clean>();
expectTypeOf<AnyOf<DisconnectedError>>().toEqualTypeOf<Clean>();
expectTypeOf<AnyOf<PeerError>>().toEqualTypeOf<Clean>();
expectTypeOf<AnyOf<InboundPublish>>().toEqualTypeOf<Clean>();
expectTypeOf<AnyOf<OwnedPublish>>().toEqualTypeOf<Clean>();
expectTypeOf<AnyOf<OpenContext>>().toEqualTypeOf<Clean>();
expectTypeOf<AnyOf<Required<KeepConnectedOptions>>>().toEqualTypeOf<Clean>();
expectTypeOf<AnyOf<ConfigBuilder>>().toEqualTypeOf<Clean>();
// It would be noticed.
expectTypeOf<AnyOf<{ parse(text: string): ReturnType<typeof JSON.parse> }>>().toEqualTypeOf<{
  keys: never;
  calls: 'parse';
}>();
