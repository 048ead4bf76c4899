import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Buffers, Session, TransportError } from '@minimq/core';
import { memoryLink, scriptedBroker, VirtualTime, type ScriptedBroker } from '@minimq/testkit';
import {
  CONNECT,
  DISCONNECT,
  failureOf,
  PINGREQ,
  PUBLISH,
  rawBench,
  type RawBench,
  type RawClient,
} from './raw-client.ts';

let bench: RawBench;
let time: VirtualTime;
let broker: ScriptedBroker;
let client: RawClient;

beforeEach(async () => {
  bench = await rawBench();
  ({ time, broker } = bench);
  client = bench.open();
});
afterEach(() => broker.stop());

describe('steps', () => {
  it('happen in the order of the calls, awaited or not', async () => {
    void broker.expect.connect();
    void broker.send.connack();
    void broker.expect.publish({ topic: 'a' });
    void broker.send.puback({ packetId: 1 });
    await time.settle();
    expect(client.received).toBe('');
    await client.send(CONNECT);
    await time.settle();
    expect(client.received).toBe('20 03 00 00 00');
    await client.send(PUBLISH);
    await broker.done();
    expect(client.received).toBe('20 03 00 00 00 40 02 00 01');
  });

  it('move the time as far as the one that is awaited takes', async () => {
    const app = time.clock('app');
    app.wake(700, () => {
      void client.send(CONNECT);
      app.wake(5_000, () => {});
    });
    await broker.expect.connect();
    expect(time.nowMs).toBe(700);
  });

  it('move no time, and give up nothing, while nobody awaits them', async () => {
    time.clock('app').wake(700, () => void client.send(CONNECT));
    const connecting = broker.expect.connect();
    await time.settle();
    await new Promise((resolve) => setImmediate(resolve));
    expect(time.nowMs).toBe(0);
    expect(broker.failure).toBeUndefined();
    await time.advance(1_000);
    await connecting;
    expect(time.nowMs).toBe(1_000);
  });

  it('let others move the time meanwhile', async () => {
    time.clock('app').wake(700, () => void client.send(CONNECT));
    await Promise.all([time.advance(1_000), broker.expect.connect()]);
    expect(time.nowMs).toBe(1_000);
  });

  it('are waited for together with a later one', async () => {
    void broker.expect.connect();
    expect(await failureOf(broker.send.connack())).toMatchObject({ code: 'nothing-came', step: 'expect.connect()' });
  });

  it('of several connections do not wait for each other', async () => {
    const second = bench.open();
    const one = await broker.expect.connection();
    const two = await broker.expect.connection();
    expect([one.number, two.number]).toEqual([1, 2]);
    const first = one.expect.connect();
    await second.send(CONNECT);
    expect(await two.expect.connect()).toMatchObject({ clientId: 'c' });
    await two.send.connack({ reasonCode: 0x85 });
    await second.close();
    await client.send(CONNECT);
    await first;
    expect(one.connect).toMatchObject({ clientId: 'c' });
    await one.send.connack();
    expect([client.received, second.received]).toEqual(['20 03 00 00 00', '20 03 00 85 00']);
    await broker.done();
  });

  it('of a connection that nobody awaits are awaited at the end', async () => {
    const one = await broker.expect.connection();
    void one.expect.connect();
    expect(await failureOf(broker.done())).toMatchObject({ code: 'nothing-came', step: 'expect.connect()' });
  });

  it('pass on what a callback on virtual time throws', async () => {
    const bug = new Error('a bug of the application');
    time.clock('app').wake(10, () => {
      throw bug;
    });
    expect(await failureOf(broker.expect.connect())).toBe(bug);
  });
});

describe('connections', () => {
  it('follow each other: when one is over, the next step is about the next', async () => {
    await client.send(CONNECT);
    await broker.expect.connect();
    await broker.cut();
    const second = bench.open();
    await second.send(CONNECT, DISCONNECT);
    await broker.expect.connect();
    await broker.expect.disconnect();
    const third = bench.open();
    await third.send(CONNECT);
    await broker.expect.connect();
    await third.close();
    await broker.expect.end();
    await bench.open().send(CONNECT);
    await broker.expect.connect();
    expect(broker.connections.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    await broker.done();
  });

  it('may end unexpected after a refusal, or after DISCONNECT of either side', async () => {
    await client.send(CONNECT);
    await broker.expect.connect();
    await broker.send.connack({ reasonCode: 0x87 });
    await client.close();
    const second = bench.open();
    await second.send(CONNECT);
    await broker.expect.connect();
    await broker.send.disconnect({ reasonCode: 0x8b });
    await second.close();
    await broker.done();
  });

  it('show their end to whoever expects it after DISCONNECT', async () => {
    await client.send(CONNECT, DISCONNECT);
    await broker.expect.connect();
    await broker.expect.disconnect({ reasonCode: 0 });
    await client.close();
    await broker.expect.end();
    expect(await failureOf(broker.expect.end())).toMatchObject({ code: 'nothing-came' });
  });

  it('wait for the end past what is answered meanwhile', async () => {
    void broker.answer({ publish: true });
    const connecting = broker.expect.connect();
    await client.send(CONNECT);
    await connecting;
    const ending = broker.expect.end();
    await client.send(PUBLISH);
    await time.settle();
    expect(client.received).toBe('40 02 00 01');
    expect(broker.failure).toBeUndefined();
    const app = time.clock('app');
    app.wake(time.nowMs + 100, () => void client.close());
    await ending;
    expect(time.nowMs).toBe(100);
  });

  it('give the end no longer than its limit, whatever is answered meanwhile', async () => {
    void broker.answer({ publish: true });
    const connecting = broker.expect.connect();
    await client.send(CONNECT);
    await connecting;
    const failure = failureOf(broker.expect.end({ limitMs: 100 }));
    const app = time.clock('app');
    app.wake(60, () => {
      void client.send(PUBLISH);
      app.wake(150, () => void client.close());
    });
    const message = expect.stringContaining('The client did not close the connection: not within 100 ms') as string;
    expect(await failure).toMatchObject({ code: 'nothing-came', message });
    expect(client.received).toBe('40 02 00 01');
  });

  it('say that the end did not come where all that came was answered', async () => {
    void broker.answer({ publish: true });
    const connecting = broker.expect.connect();
    await client.send(CONNECT);
    await connecting;
    const failure = failureOf(broker.expect.end());
    await client.send(PUBLISH);
    expect(await failure).toMatchObject({ code: 'nothing-came' });
  });

  it('that nobody wants break a silence', async () => {
    await client.send(CONNECT);
    await broker.expect.connect();
    await broker.cut();
    await broker.expectSilence({ forMs: 60_000 });
    expect(time.nowMs).toBe(60_000);
    bench.open();
    expect(await failureOf(broker.expectSilence())).toMatchObject({ code: 'unexpected-connection' });
  });
});

describe('a failure', () => {
  it('ends all connections, and their clients are told why', async () => {
    const link = memoryLink({ clock: time.clock('link') });
    const session = new Session({
      buffers: Buffers.allocate({ rx: 1024, tx: 1024 }),
      clock: time.clock('session'),
      clientId: 'c',
    });
    const another = await scriptedBroker({ over: link, time });
    const connecting = session.connect(link.client);
    const [failure, error] = await Promise.all([failureOf(another.expect.publish()), failureOf(connecting)]);
    expect(error).toBeInstanceOf(TransportError);
    expect((error as TransportError).cause).toBe(failure);
  });

  it('of a step that nobody awaits shows with the next one, and at the end', async () => {
    void broker.expect.publish();
    await client.send(CONNECT);
    await time.settle();
    expect(broker.failure).toMatchObject({ code: 'unexpected-packet' });
    expect(await failureOf(broker.send.connack())).toBe(broker.failure);
    expect(await failureOf(broker.close())).toBe(broker.failure);
  });

  it('is no failure of stop()', async () => {
    void broker.expect.publish();
    await client.send(CONNECT, PINGREQ);
    await time.settle();
    await broker.stop();
  });

  it('refuses later connections', async () => {
    void broker.expect.publish();
    await client.send(CONNECT);
    await time.settle();
    const late = bench.open();
    expect(() => late.io.write(Uint8Array.of(0x10))).toThrow('CONNECT came, and the script wants PUBLISH');
  });
});

describe('the end', () => {
  it('of a script that is through is quiet, and closes the connections', async () => {
    await client.send(CONNECT);
    await broker.expect.connect();
    await broker.send.connack();
    await broker.done();
    await broker.close();
    expect(await client.io.read(new Uint8Array(1))).toBe(0);
    expect(time.pending).toEqual([]);
  });

  it('sees what is still under way', async () => {
    await client.send(CONNECT);
    await broker.expect.connect();
    time.clock('app').defer(() => void client.send(PINGREQ));
    expect(await failureOf(broker.close())).toMatchObject({ code: 'left-over' });
  });
});
