import { describe, expect, it } from 'vitest';
import { ReasonCode } from '@minimq/core/codec';
import type { AuthenticationExchange, AuthenticationRequest, AuthenticationStep } from '@minimq/testkit';
import {
  block,
  connect as connectBytes,
  packet,
  publish,
  subscribe,
  testBroker,
  type ConnectBytes,
} from './broker-helpers.ts';

// Method `m`: the client's data goes back with one added to each byte, until it is 09.

const METHOD = '15 00 01 6d';
const data = (byte: string) => `16 00 01 ${byte}`;
const withMethod: ConnectBytes = { properties: [METHOD, data('01')] };
const auth = (code: string, ...properties: string[]) => packet('f0', code, block(...properties));

function counting(later = false, requests: AuthenticationRequest[] = []) {
  const respond = (sent: Uint8Array | undefined): AuthenticationStep => {
    const reply = sent?.map((byte) => byte + 1);
    if (sent?.[0] === 0xff) return { kind: 'refuse', reasonCode: ReasonCode.notAuthorized, reasonString: 'no' };
    return { kind: sent?.[0] === 9 ? 'accept' : 'continue', data: reply };
  };
  return {
    enhancedAuthentication(request: AuthenticationRequest): AuthenticationExchange | undefined {
      requests.push(request);
      if (request.method !== 'm') return undefined;
      return { respond: (sent) => (later ? Promise.resolve().then(() => respond(sent)) : respond(sent)) };
    },
  };
}

describe.each([
  ['at once', false],
  ['later', true],
])('MemoryBroker: enhanced authentication, answered %s', (_, later) => {
  it('goes on until the exchange accepts [MQTT-4.12.0-2] [MQTT-4.12.0-5]', async () => {
    const requests: AuthenticationRequest[] = [];
    const { broker, open } = testBroker(counting(later, requests));
    const { client } = open();
    expect(await client.ask(connectBytes(withMethod))).toEqual(['f0 0a 18 08 15 00 01 6d 16 00 01 02']);
    expect(broker.sessions).toEqual([]);
    expect(await client.ask('f0 0a 18 08 15 00 01 6d 16 00 01 03')).toEqual(['f0 0a 18 08 15 00 01 6d 16 00 01 04']);
    expect(await client.ask('f0 0a 18 08 15 00 01 6d 16 00 01 09', 'c0 00')).toEqual([
      '20 0b 00 00 08 15 00 01 6d 16 00 01 0a',
      'd0 00',
    ]);
    expect(requests).toMatchObject([{ method: 'm', connect: { clientId: 'c' }, isReauthentication: false }]);
  });

  it('may accept the CONNECT itself', async () => {
    const { open } = testBroker(counting(later));
    const { client } = open();
    expect(await client.ask(connectBytes({ properties: [METHOD, data('09')] }))).toEqual([
      '20 0b 00 00 08 15 00 01 6d 16 00 01 0a',
    ]);
  });

  it('may refuse at any step [MQTT-4.12.0-4]', async () => {
    const { broker, open } = testBroker(counting(later));
    const { client } = open();
    await client.ask(connectBytes(withMethod));
    expect(await client.ask('f0 0a 18 08 15 00 01 6d 16 00 01 ff')).toEqual(['20 08 00 87 05 1f 00 02 6e 6f']);
    expect(client.ended).toBe('end');
    expect(broker.sessions).toEqual([]);
  });

  it('runs again when the client asks for it, while everything else goes on [MQTT-4.12.1-1]', async () => {
    const requests: AuthenticationRequest[] = [];
    const { broker, open } = testBroker(counting(later, requests));
    const { client } = open();
    await client.ask(connectBytes({ properties: [METHOD, data('09')] }), subscribe(1, 't'));
    expect(await client.ask('f0 0a 19 08 15 00 01 6d 16 00 01 05', publish('t', 'x'))).toEqual([
      'f0 0a 18 08 15 00 01 6d 16 00 01 06',
      publish('t', 'x'),
    ]);
    broker.publish({ topic: 't', payload: 'y' });
    expect(await client.take()).toEqual([publish('t', 'y')]);
    expect(await client.ask('f0 0a 18 08 15 00 01 6d 16 00 01 09')).toEqual(['f0 0a 00 08 15 00 01 6d 16 00 01 0a']);
    expect(requests.map(({ isReauthentication }) => isReauthentication)).toEqual([false, true]);
    // It may run once more after that.
    expect(await client.ask('f0 0a 19 08 15 00 01 6d 16 00 01 09')).toEqual(['f0 0a 00 08 15 00 01 6d 16 00 01 0a']);
  });

  it('ends the connection where it fails [MQTT-4.12.1-2]', async () => {
    const { open } = testBroker(counting(later));
    const { client } = open();
    await client.ask(connectBytes({ properties: [METHOD, data('09')] }));
    expect(await client.ask('f0 0a 19 08 15 00 01 6d 16 00 01 ff')).toEqual(['e0 07 87 05 1f 00 02 6e 6f']);
    expect(client.ended).toBe('end');
  });
});

describe('MemoryBroker: errors in AUTH', () => {
  it.each([
    ['another packet than AUTH', 'c0 00', '20 03 00 82 00'],
    ['another method [MQTT-4.12.0-5]', auth('18', '15 00 01 6e'), '20 03 00 82 00'],
    ['no method', auth('18', data('01')), '20 03 00 82 00'],
    ['a re-authentication', auth('19', METHOD), '20 03 00 82 00'],
    ['a second CONNECT', connectBytes(), '20 03 00 82 00'],
    ['reserved bits [MQTT-3.15.1-1]', 'f1 00', '20 03 00 81 00'],
  ])('refuses the connection for %s in the handshake', async (_, bytes, answer) => {
    const { open } = testBroker(counting());
    const { client } = open();
    await client.ask(connectBytes(withMethod));
    expect(await client.ask(bytes)).toEqual([answer]);
    expect(client.ended).toBe('end');
  });

  it('closes without a word for DISCONNECT in the handshake [MQTT-3.14.0-1]', async () => {
    const { open } = testBroker(counting());
    const { client, connection } = open();
    await client.ask(connectBytes(withMethod));
    expect(await client.ask('e0 01 80')).toEqual([]);
    expect(await connection.closed).toEqual({ by: 'client', reasonCode: 0x80 });
  });

  it.each([
    ['data that continues nothing', [auth('18', METHOD)]],
    ['another method', [auth('19', '15 00 01 6e')]],
    ['a second one while the first is under way', [auth('19', METHOD, data('01')), auth('19', METHOD, data('01'))]],
  ])('disconnects for %s later', async (_, packets) => {
    const { open } = testBroker(counting());
    const { client } = open();
    await client.ask(connectBytes({ properties: [METHOD, data('09')] }));
    expect((await client.ask(...packets)).at(-1)).toBe('e0 01 82');
  });

  it('refuses a method that is not known [MQTT-4.12.0-1]', async () => {
    const { open } = testBroker(counting());
    expect(await open().client.ask(connectBytes({ properties: ['15 00 01 6e'] }))).toEqual(['20 03 00 8c 00']);
  });

  it('takes no longer than the handshake may', async () => {
    const { time, open } = testBroker({ ...counting(), connectTimeoutMs: 1_000 });
    const { client } = open();
    await client.ask(connectBytes(withMethod));
    await time.advance(1_000);
    expect(client.ended).toBe('end');
  });

  it('asks `authenticate` first, and for everybody', async () => {
    const seen: (string | undefined)[] = [];
    const { open } = testBroker({
      ...counting(),
      authenticate: ({ properties }) => {
        seen.push(properties?.authenticationMethod);
        return ReasonCode.banned;
      },
    });
    expect(await open().client.ask(connectBytes(withMethod))).toEqual(['20 03 00 8a 00']);
    expect(seen).toEqual(['m']);
  });
});
