import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Buffers, QoS, Session, type ConnectEvent, type Io, type SessionConfig } from '@minimq/core';
import { connectTcp, fromDuplex } from '@minimq/transport-node';
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

export function open({ host, port }: Mosquitto): Promise<Io> {
  return connectTcp({ host, port });
}

/** A new session, connected. */
export async function connected(mosquitto: Mosquitto, config: TestConfig = {}): Promise<Session> {
  const session = newSession(config);
  await session.connect(await open(mosquitto));
  return session;
}

export interface Cuttable {
  readonly event: ConnectEvent;
  readonly socket: Socket;
  /** Destroys the socket and resolves when the session knows. */
  readonly cut: () => Promise<void>;
}

/** Connects over a socket that the test can destroy. */
export async function connectCuttable(session: Session, { host, port }: Mosquitto): Promise<Cuttable> {
  const socket = connect({ host, port, noDelay: true });
  await once(socket, 'connect');
  const event = await session.connect(fromDuplex(socket));
  const cut = async (): Promise<void> => {
    socket.destroy();
    await event.closed;
  };
  return { event, socket, cut };
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
