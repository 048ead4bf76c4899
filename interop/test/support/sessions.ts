import { Buffers, QoS, Session, type ConnectEvent, type Io, type SessionConfig } from '@minimq/core';
import { faultProxy } from '@minimq/testkit/node';
import { expect, onTestFinished } from 'vitest';
import type { Mosquitto } from './mosquitto.ts';

export interface TestConfig extends Omit<SessionConfig, 'buffers'> {
  /** Bytes; default 64 KiB. */
  readonly rx?: number;
  readonly tx?: number;
}

let count = 0;

/** An identifier that no other test uses. */
export function uniqueName(): string {
  count += 1;
  return `minimq-${process.pid}-${count}`;
}

/** A session that leaves nothing behind when the test is over. */
export function newSession({ rx = 65_536, tx = 65_536, ...config }: TestConfig = {}): Session {
  const session = new Session({ buffers: Buffers.allocate({ rx, tx }), clientId: uniqueName(), ...config });
  onTestFinished(async () => {
    await session.disconnect({ properties: { sessionExpiryInterval: 0 } });
  });
  return session;
}

export function open(mosquitto: Mosquitto): Promise<Io> {
  return mosquitto.transport.open(mosquitto);
}

/** A new session, connected. */
export async function connected(mosquitto: Mosquitto, config: TestConfig = {}): Promise<Session> {
  const session = newSession(config);
  await session.connect(await open(mosquitto));
  return session;
}

/** A way to mosquitto that the test can break. */
export interface BreakableWay {
  open(): Promise<Io>;
  /** Resets the sockets of both sides: what is under way is lost, whatever the transport. */
  reset(): void;
}

export async function breakableWay({ port, transport }: Mosquitto): Promise<BreakableWay> {
  const proxy = await faultProxy({ to: { port } });
  onTestFinished(() => proxy.close());
  return { open: () => transport.open(proxy), reset: () => void proxy.reset() };
}

export interface Cuttable {
  readonly event: ConnectEvent;
  /** Resets the connection and resolves when the session knows. */
  readonly cut: () => Promise<void>;
}

/** Connects in a way that the test can break. */
export async function connectCuttable(session: Session, mosquitto: Mosquitto): Promise<Cuttable> {
  const way = await breakableWay(mosquitto);
  const event = await session.connect(await way.open());
  const cut = async (): Promise<void> => {
    way.reset();
    await event.closed;
  };
  return { event, cut };
}

/** The error that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => expect.unreachable(`resolved with ${String(value)}`),
    (error: unknown) => error,
  );
}

/** A message of our own comes back: the connection is alive. */
export async function expectAlive(session: Session): Promise<void> {
  const topic = uniqueName();
  await session.subscribe([{ topicFilter: topic, qos: QoS.atLeastOnce }]);
  const op = await session.publish({ topic, payload: 'alive', qos: QoS.atLeastOnce });
  expect((await session.recv({ timeoutMs: 5_000 })).text()).toBe('alive');
  await op.completion();
}
