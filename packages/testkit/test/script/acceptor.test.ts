import { afterEach, expect, it } from 'vitest';
import { memoryLink, scriptedBroker, type Accepted, type Acceptor, type ScriptedBroker } from '@minimq/testkit';
import { CONNECT, failureOf, PINGREQ, RawClient } from './raw-client.ts';

// Anything that yields streams can be the ground of a script; here without virtual time.

/** The least that an acceptor can be. */
class Doorway implements Acceptor {
  readonly url = 'door://here';
  isStopped = false;
  #accept: (accepted: Accepted) => void = () => {};

  start(accept: (accepted: Accepted) => void): void {
    this.#accept = accept;
  }

  stop(): void {
    this.isStopped = true;
  }

  enter(): RawClient {
    const link = memoryLink();
    this.#accept({ io: link.server });
    return new RawClient(link.client);
  }
}

let broker: ScriptedBroker;
afterEach(() => broker.stop());

it('plays over an acceptor of ones own', async () => {
  const doorway = new Doorway();
  broker = await scriptedBroker({ over: doorway });
  expect(broker.url).toBe('door://here');
  const client = doorway.enter();
  await client.send(CONNECT);
  await broker.expect.connect({ clientId: 'c' });
  await broker.send.connack();
  expect(client.received).toBe('20 03 00 00 00');
  await broker.cut();
  expect(await client.io.read(new Uint8Array(1))).toBe(0);
  await broker.close();
  expect(doorway.isStopped).toBe(true);
});

it('says what such a connection cannot do', async () => {
  const doorway = new Doorway();
  broker = await scriptedBroker({ over: doorway });
  await doorway.enter().send(CONNECT);
  await broker.expect.connect();
  expect(await failureOf(broker.halfClose())).toMatchObject({
    code: 'misuse',
    message: expect.stringContaining('This kind of connection cannot be half-closed') as string,
  });
});

it('refuses connections after its end', async () => {
  broker = await scriptedBroker({ over: () => memoryLink() });
  await broker.close();
  const late = broker.open();
  expect(() => late.write(Uint8Array.of(0x10))).toThrow('cut');
});

it('waits in real time over one link', async () => {
  const link = memoryLink();
  broker = await scriptedBroker({ over: link, limitMs: 20 });
  const client = new RawClient(link.client);
  await client.send(CONNECT);
  await broker.expect.connect();
  await broker.expectSilence({ forMs: 1 });
  await client.send(PINGREQ);
  await broker.expect.pingreq();
  expect(await failureOf(broker.expect.pingreq())).toMatchObject({
    code: 'nothing-came',
    message: expect.stringContaining('PINGREQ did not come: not within 20 ms') as string,
  });
});
