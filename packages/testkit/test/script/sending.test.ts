import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScriptedBroker, VirtualTime } from '@minimq/testkit';
import { CONNECT, failureOf, PINGREQ, PUBLISH, rawBench, type RawBench, type RawClient } from './raw-client.ts';

let bench: RawBench;
let time: VirtualTime;
let broker: ScriptedBroker;
let client: RawClient;

beforeEach(async () => {
  bench = await rawBench();
  ({ time, broker } = bench);
  client = bench.open();
  await client.send(CONNECT);
  await broker.expect.connect();
});
afterEach(() => broker.stop());

describe('send', () => {
  it('takes fields and properties side by side, and text for bytes', async () => {
    const sent = await broker.send.publish({
      topic: 'a',
      payload: 'x',
      correlationData: 'c',
      messageExpiryInterval: 5,
    });
    expect(client.received).toBe('30 0e 00 01 61 09 09 00 01 63 02 00 00 00 05 78');
    expect(sent).toMatchObject({ type: 'publish', qos: 0, properties: { messageExpiryInterval: 5 } });
  });

  it('counts packet identifiers by itself, and takes those that are given', async () => {
    const ids = [
      await broker.send.publish({ topic: 'a', qos: 1 }),
      await broker.send.publish({ topic: 'a', qos: 2 }),
      await broker.send.publish({ topic: 'a', qos: 1, packetId: 77 }),
      await broker.send.publish({ topic: 'a', qos: 1 }),
    ].map(({ packetId }) => packetId);
    expect(ids).toEqual([1, 2, 77, 3]);
  });

  it('acknowledges a packet, or an identifier, with what else is to be said', async () => {
    await client.send(PUBLISH);
    const publish = await broker.expect.publish();
    await broker.send.puback(publish);
    await broker.send.puback({ packetId: 2 });
    await broker.send.pubrec(publish, { reasonCode: 0x87, reasonString: 'no' });
    await broker.send.pubrel({ packetId: 3, reasonCode: 0x92 });
    await broker.send.pubcomp(publish);
    expect(client.received).toBe('40 02 00 01 40 02 00 02 50 09 00 01 87 05 1f 00 02 6e 6f 62 03 00 03 92 70 02 00 01');
  });

  it('grants what was asked for, or what the script says', async () => {
    await client.send('82 0b 00 01 00 00 01 61 01 00 01 62 02', 'a2 09 00 02 00 00 01 61 00 01 62');
    const subscribe = await broker.expect.subscribe();
    await broker.send.suback(subscribe);
    await broker.send.suback(subscribe, { reasonCodes: [0, 0x80] });
    await broker.send.suback({ packetId: 9, reasonCodes: [2] });
    await broker.send.unsuback(await broker.expect.unsubscribe());
    expect(client.received).toBe('90 05 00 01 00 01 02 90 05 00 01 00 00 80 90 04 00 09 00 02 b0 05 00 02 00 00 00');
  });

  it('continues an authentication with its method', async () => {
    await client.send('f0 08 18 06 15 00 03 61 62 63');
    const auth = await broker.expect.auth({ authenticationMethod: 'abc' });
    await broker.send.auth(auth, { authenticationData: '?' });
    await broker.send.auth({ reasonCode: 0, authenticationMethod: 'abc' });
    expect(client.received).toBe('f0 0c 18 0a 15 00 03 61 62 63 16 00 01 3f f0 08 00 06 15 00 03 61 62 63');
  });

  it('says what a connection is over with', async () => {
    await broker.send.pingresp();
    await broker.send.disconnect({ reasonCode: 0x9c, serverReference: 'b' });
    await broker.hangUp();
    expect(client.received).toBe('d0 00 e0 06 9c 04 1c 00 01 62');
    expect(await client.io.read(new Uint8Array(1))).toBe(0);
    await broker.close();
  });

  it('sends any bytes', async () => {
    await broker.sendBytes('62 02 00 0a');
    await broker.sendBytes(Uint8Array.of(0xff));
    // What a Buffer held when it was given.
    const buffer = Buffer.of(0xd0, 0x00);
    const sending = broker.sendBytes(buffer);
    buffer.fill(0xff);
    await sending;
    expect(client.received).toBe('62 02 00 0a ff d0 00');
    expect(() => broker.sendBytes('6')).toThrow("'6' is not hexadecimal bytes, like '62 02 00 0a'");
  });

  it('fails where the client is gone, or takes nothing', async () => {
    await client.close();
    await time.settle();
    expect(await failureOf(broker.send.connack())).toMatchObject({
      code: 'unexpected-end',
      message: expect.stringContaining(
        'The client closed the connection, and the script wants to send CONNACK',
      ) as string,
    });
  });

  it('fails where the client takes nothing more', async () => {
    bench.links[0]!.toClient.stall();
    const payload = new Uint8Array(100_000);
    expect(await failureOf(broker.send.publish({ topic: 'a', payload }))).toMatchObject({
      code: 'nothing-came',
      message: expect.stringContaining('The client does not take what is sent') as string,
    });
  });

  it('waits for a slow client', async () => {
    bench.links[0]!.toClient.stall();
    time.clock('client').wake(5_000, () => bench.links[0]!.toClient.resume());
    await broker.send.publish({ topic: 'a', payload: new Uint8Array(100_000) });
    expect(time.nowMs).toBe(5_000);
  });
});

describe('trouble', () => {
  it('cut: what was sent still arrives, and then the end', async () => {
    await broker.send.connack();
    await broker.cut();
    await time.settle();
    expect(client.received).toBe('20 03 00 00 00');
    expect(await client.io.read(new Uint8Array(1))).toBe(0);
    await broker.close();
  });

  it('cut as a reset', async () => {
    await broker.cut({ reset: true });
    expect(() => client.io.read(new Uint8Array(1))).toThrow('toClient has been cut');
  });

  it('cut after some bytes: they are swallowed, and the rest is lost', async () => {
    const cutting = broker.cut({ afterBytes: 3 });
    await client.send(PUBLISH);
    await cutting;
    expect(broker.transcript.toString()).toBe(
      [
        '   at ms    client           broker',
        "       0  #1  |---- CONNECT --->|  clientId 'c', cleanStart, keepAlive 60",
        '       0  #1  |----- part ----->|  32 07 00',
        '       0  #1  |       cut       |',
      ].join('\n'),
    );
    await broker.close();
  });

  it('cut after what has come already, whether it was taken or not', async () => {
    await client.send(PINGREQ, PUBLISH);
    await broker.expect.pingreq();
    await time.settle();
    await broker.cut({ afterBytes: 0 });
    await broker.close();
  });

  it('cut after bytes that come in several pieces', async () => {
    const cutting = broker.cut({ afterBytes: 4, reset: true });
    await client.send('32');
    await time.settle();
    await client.send('07 00');
    await time.settle();
    await client.send('01 61 00 01 00 78');
    await cutting;
    expect(() => client.io.read(new Uint8Array(1))).toThrow();
    await broker.done();
  });

  it('cut, where the client goes before', async () => {
    const cutting = broker.cut({ afterBytes: 4 });
    await client.send('32');
    await client.close();
    expect(await failureOf(cutting)).toMatchObject({ code: 'unexpected-end' });
  });

  it('half-close: the client reads the end, and can still send', async () => {
    await broker.halfClose();
    expect(await client.io.read(new Uint8Array(1))).toBe(0);
    await client.send(PINGREQ);
    await broker.expect.pingreq();
    await client.close();
    await broker.close();
  });

  it('stall: nothing is read until it is over', async () => {
    await broker.stall();
    await client.send(PINGREQ);
    await broker.expectSilence({ forMs: 1_000 });
    await broker.resume();
    await broker.expect.pingreq();
    await broker.done();
  });

  it('stall: a client that goes on sending has to wait', async () => {
    await broker.stall();
    let isSent = false;
    const sending = client.send('30 a0 8d 06 00 01 61 00', '00'.repeat(99_996)).then(() => (isSent = true));
    await time.settle();
    expect(isSent).toBe(false);
    await broker.resume();
    await broker.expect.publish({ topic: 'a' });
    await sending;
  });
});
