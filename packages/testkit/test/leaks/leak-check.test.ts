import { describe, expect, it } from 'vitest';
import { Buffers, Session } from '@minimq/core';
import {
  LeakCheck,
  LeakError,
  MemoryBroker,
  scriptedBroker,
  VirtualTime,
  withoutLeaks,
  type MemoryLink,
} from '@minimq/testkit';
import { bytes } from '../link-helpers.ts';

const CONNACK = bytes(0x20, 0x03, 0x00, 0x00, 0x00);

/** A session that is connected to a broker which says nothing more. */
async function connected({ session, open }: LeakCheck, link: MemoryLink = open()): Promise<[Session, MemoryLink]> {
  const client = session({ clientId: 'c', keepAlive: 0 });
  void link.server.write(CONNACK);
  await client.connect(link.client);
  return [client, link];
}

/** The server reads all that there is. */
async function drain({ server }: MemoryLink): Promise<void> {
  while ((await server.read(new Uint8Array(1024))) > 0);
}

async function failure(run: (leaks: LeakCheck) => Promise<unknown>): Promise<string> {
  const error = await withoutLeaks(run).catch((reason: unknown) => reason);
  if (!(error instanceof LeakError)) throw new Error('it leaks nothing', { cause: error });
  return error.message;
}

describe('a program that leaves nothing', () => {
  it.each([true, false])('passes (it disconnects by itself: %s)', async (disconnects) => {
    const texts: string[] = [];
    await withoutLeaks(async ({ session, open, signal, time }) => {
      const broker = new MemoryBroker({ clock: time.clock('broker') });
      const stop = signal(new AbortController().signal, 'stop');
      const client = session({ clientId: 'c' });
      const link = open();
      broker.accept(link.server);
      await client.connect(link.client, { signal: stop });
      await client.subscribe(['t'], { signal: stop });
      for (const qos of [0, 1, 2] as const) {
        const op = await client.publish({ topic: 't', payload: `${qos}`, qos }, { signal: stop });
        texts.push((await client.recv({ signal: stop })).text());
        await op.completion({ signal: stop });
      }
      if (disconnects) await client.disconnect();
    });
    expect(texts).toEqual(['0', '1', '2']);
  });

  it.each([true, false])('may talk to a scripted broker (it disconnects by itself: %s)', async (disconnects) => {
    await withoutLeaks(async ({ session, open, time }) => {
      const broker = await scriptedBroker({ over: () => open(), time, answers: { disconnect: true } });
      const client = session({ clientId: 'c' });
      const connecting = client.connect(broker.open());
      await broker.expect.connect();
      await broker.send.connack();
      await connecting;
      if (disconnects) await client.disconnect();
      await broker.close();
      expect(time.nowMs).toBe(0);
    });
  });

  it('may use a time and a session of its own', async () => {
    const time = new VirtualTime();
    const leaks = new LeakCheck({ time });
    const buffers = Buffers.allocate({ rx: 256, tx: 256 });
    const session = leaks.watch(new Session({ buffers, clock: leaks.clock('mine'), keepAlive: 30 }));
    const link = leaks.open();
    void link.server.write(CONNACK);
    const draining = drain(link);
    await time.until(session.connect(link.client));
    expect(time.pending.filter(({ kind }) => kind === 'timer')).toMatchObject([{ clock: 'mine', atMs: 22_500 }]);
    await leaks.check();
    await draining;
    expect(link.client.isClosed).toBe(true);
  });
});

describe('what is left', () => {
  it('a timer', async () => {
    const message = await failure(async ({ clock }) => clock('program').wake(5_000, () => {}));
    expect(message).toBe(`Something is left at the end:
  timer         timer of program at 5000 ms`);
  });

  it('a listener, whatever the signal is used for, until it is removed', async () => {
    const message = await failure(async ({ signal }) => {
      const [stop, other] = [signal(new AbortController().signal, 'stop'), signal(new AbortController().signal)];
      const removed = (): void => {};
      stop.addEventListener('abort', () => {});
      stop.addEventListener('abort', () => {});
      other.addEventListener('abort', () => {});
      other.addEventListener('abort', removed);
      other.removeEventListener('abort', removed);
    });
    expect(message).toBe(`2 things are left at the end:
  listener      2 listeners on the signal 'stop'
  listener      1 listener on the signal 'signal 2'`);
  });

  it('no listener of a signal that has aborted', async () => {
    await withoutLeaks(async ({ signal }) => {
      const controller = new AbortController();
      signal(controller.signal).addEventListener('abort', () => {});
      controller.abort();
    });
  });

  it('a call that has not settled, and the listener that it has', async () => {
    const controller = new AbortController();
    const message = await failure(async (leaks) => {
      const [session, link] = await connected(leaks);
      void drain(link);
      void session.recv({ signal: leaks.signal(controller.signal, 'stop') }).catch(() => {});
    });
    expect(message).toBe(`2 things are left at the end:
  operation     session.recv() has not settled
  listener      1 listener on the signal 'stop'`);
  });

  it('an iterator that still waits', async () => {
    const message = await failure(async (leaks) => {
      const [session, link] = await connected(leaks);
      void drain(link);
      void session.messages().next();
    });
    expect(message).toBe(`Something is left at the end:
  operation     session.messages().next() has not settled`);
  });

  it('a publish that was not acknowledged, with its bytes in tx', async () => {
    const message = await failure(async (leaks) => {
      const [session, link] = await connected(leaks);
      void drain(link);
      await session.publish({ topic: 't', payload: 'hi', qos: 1 });
    });
    // 32 08  00 01 74  00 01  00  68 69
    expect(message).toBe(`2 things are left at the end:
  operation     1 message published and not acknowledged
  tx-bytes      10 bytes of tx in use`);
  });

  it('bytes of tx that the transport does not take', async () => {
    const message = await failure(async (leaks) => {
      const [session, link] = await connected(leaks, leaks.open({ capacityBytes: 64 }));
      link.setFaults({ toServer: { stalled: true } });
      session.tryPublish({ topic: 't', payload: new Uint8Array(1_000) });
    });
    // 30 ec 07  00 01 74  00  and 1,000 bytes of payload
    expect(message).toBe(`2 things are left at the end:
  tx-bytes      1,007 bytes of tx in use
  unread-bytes  64 bytes that the server has not read, on link 1`);
  });

  it('a message that nobody has received', async () => {
    const message = await failure(async (leaks) => {
      const [, link] = await connected(leaks);
      void drain(link);
      void link.server.write(bytes(0x30, 0x06, 0x00, 0x01, 0x74, 0x00, 0x68, 0x69));
    });
    expect(message).toBe(`Something is left at the end:
  unread-bytes  a message of topic 't' that nobody has received`);
  });

  it('bytes that nobody reads, in either direction, and a read without an answer', async () => {
    const message = await failure(async ({ open }) => {
      const [first, second] = [open(), open()];
      void first.client.write(bytes(1));
      void second.server.write(bytes(1, 2));
      void second.server.read(new Uint8Array(1));
    });
    expect(message).toBe(`3 things are left at the end:
  unread-bytes  1 byte that the server has not read, on link 1
  operation     a read of the server without an answer, on link 2
  unread-bytes  2 bytes that the client has not read, on link 2`);
  });

  it('bytes that were under way when their reader closed, and not what a test has cut', async () => {
    const message = await failure(async ({ open }) => {
      const [closed, cut] = [open(), open()];
      for (const link of [closed, cut]) void link.server.write(bytes(1, 2));
      await closed.client.close();
      cut.reset();
    });
    expect(message).toBe(`Something is left at the end:
  unread-bytes  2 bytes that the client has not read, on link 1`);
  });
});

it('reports the failure of the test itself, where it has one', async () => {
  const failing = withoutLeaks(async ({ clock }) => {
    clock().wake(1_000_000_000, () => {});
    throw new Error('of the test');
  });
  await expect(failing).rejects.toThrow('of the test');
});

it('tells what is left as data too', async () => {
  const error = await withoutLeaks(async ({ clock }) => clock('a').defer(() => clock('b').wake(1, () => {}))).catch(
    (reason: unknown) => reason,
  );
  expect((error as LeakError).leaks).toEqual([{ kind: 'timer', text: 'timer of b at 1 ms' }]);
});
