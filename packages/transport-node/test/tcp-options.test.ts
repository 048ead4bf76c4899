import { connectTcp } from '@minimq/transport-node';
import type { TcpOptions } from '@minimq/transport-node';
import type { Socket } from 'node:net';
import { beforeEach, expect, it, vi } from 'vitest';
import { HOST, listen, portOf } from './support.ts';

// Whether small packets are delayed cannot be asked of a socket, so this looks at what Node is told.
const told = vi.hoisted(() => [] as object[]);
vi.mock('node:net', async (importOriginal) => {
  const net = await importOriginal<{ Socket: typeof Socket }>();
  class RecordingSocket extends net.Socket {
    constructor(options: object) {
      super(options);
      told.push(options);
    }
  }
  return { ...net, Socket: RecordingSocket };
});

beforeEach(() => void told.splice(0));

async function toldFor(options: Partial<TcpOptions>): Promise<object | undefined> {
  const server = await listen();
  const io = await connectTcp({ host: HOST, port: portOf(server), closeTimeoutMs: 0, ...options });
  await io.close();
  return told[0];
}

it('connectTcp sends small packets at once and lets the addresses race, unless told otherwise', async () => {
  expect(await toldFor({})).toMatchObject({ noDelay: true, autoSelectFamily: true });
  expect(await toldFor({ noDelay: undefined, autoSelectFamily: undefined })).toMatchObject({ noDelay: true });
});

it("connectTcp passes Node's own options on, and not ours", async () => {
  const options = { noDelay: false, autoSelectFamily: false, keepAlive: true, keepAliveInitialDelay: 7_000 };
  const seen = await toldFor({ ...options, connectTimeoutMs: 1_000, signal: new AbortController().signal });
  expect(seen).toMatchObject(options);
  expect(seen).not.toHaveProperty('signal');
  expect(seen).not.toHaveProperty('connectTimeoutMs');
});
