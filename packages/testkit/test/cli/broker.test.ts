import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect as connectSocket, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { connect, publish, subscribe } from '../broker-helpers.ts';
import { atEnd } from '../node/closing.ts';
import { dial } from '../node/dial.ts';
import { start } from './running.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'minimq-cli-'));
  atEnd(() => rm(path, { recursive: true }));
  return path;
}

/** A broker on a free port, and a client of it. */
async function served(...options: string[]) {
  const command = start('broker', '--port', '0', ...options);
  const [url] = await command.until(/mqtt:\S+/);
  const client = await dial(url);
  atEnd(() => client.stream.destroy());
  return { command, client };
}

describe('broker', () => {
  it('says where it listens, serves, and stops with 0', async () => {
    const { command, client } = await served();
    client.send(connect(), subscribe(1, 't'), publish('t', 'x'));
    expect(await client.take(5 + 6 + 7)).toBe('20 03 00 00 00 90 04 00 01 00 00 30 05 00 01 74 00 78');
    command.stop();
    expect(await command.exitCode).toBe(0);
    // It has told its clients.
    expect(await client.take(3)).toBe('e0 01 8b');
    await client.ended;
    expect(command.out()).toMatch(/^Listening on mqtt:\/\/127\.0\.0\.1:\d+\n$/);
    expect(command.err()).toBe('');
  });

  it('announces what it is told to', async () => {
    const { client } = await served(
      ...'--receive-maximum 7 --maximum-qos 1 --no-retain --maximum-packet-size 1000'.split(' '),
      ...'--topic-alias-maximum 3 --no-wildcard-subscriptions --no-subscription-identifiers'.split(' '),
      ...'--no-shared-subscriptions --keep-alive 9 --session-expiry 5'.split(' '),
    );
    client.send(connect());
    expect(await client.take(5)).toBe('20 20 00 00 1d');
    const properties = (await client.take(29)).replaceAll(' ', '');
    for (const property of [
      '210007', // Receive Maximum
      '2401', // Maximum QoS
      '2500', // Retain Available
      '27000003e8', // Maximum Packet Size
      '220003', // Topic Alias Maximum
      '2800', // Wildcard Subscription Available
      '2900', // Subscription Identifiers Available
      '2a00', // Shared Subscription Available
      '130009', // Server Keep Alive
      '1100000005', // Session Expiry Interval
    ]) {
      expect(properties).toContain(property);
    }
  });

  it('takes QoS 2 as the rule, and announces nothing', async () => {
    const { client } = await served('--maximum-qos', '2');
    client.send(connect());
    expect(await client.take(5)).toBe('20 03 00 00 00');
  });

  it('refuses another user name or password', async () => {
    const { command, client } = await served('--username', 'u', '--password', 'p', '--print');
    client.send('10 14 00 04 4d 51 54 54 05 c2 00 3c 00 00 01 63 00 01 75 00 01 70');
    expect(await client.take(5)).toBe('20 03 00 00 00');
    const [url] = await command.until(/mqtt:\S+/);
    for (const [username, password] of [
      ['75', '71'],
      ['76', '70'],
    ]) {
      const other = await dial(url);
      other.send(`10 14 00 04 4d 51 54 54 05 c2 00 3c 00 00 01 64 00 01 ${username} 00 01 ${password}`);
      expect((await other.take(4)).slice(0, 2)).toBe('20');
      await other.ended;
      await command.until(/<-- CONNACK +sessionPresent false, reasonCode 0x86/);
    }
    expect(command.out()).toContain("username 'u', password '***'");
    expect(command.out()).not.toMatch(/password '[pq]'/);
  });

  it('prints every packet on a line, when asked', async () => {
    const { command, client } = await served('--print');
    client.send(connect(), subscribe(1, 't'), publish('t', '\n'));
    await client.take(5 + 6 + 7);
    client.send('c1 00');
    await client.ended;
    await command.until(/malformed/);
    const lines = command.out().split('\n').slice(1, -1);
    for (const line of lines) expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}#1/);
    expect(lines.map((line) => line.slice('00:00:00.000  '.length))).toEqual([
      expect.stringMatching(/^#1 'c' {2}--> CONNECT {6}clientId 'c'/),
      expect.stringMatching(/^#1 'c' {2}<-- CONNACK {6}sessionPresent false/),
      expect.stringMatching(/^#1 'c' {2}--> SUBSCRIBE {4}.*topicFilter: 't'/),
      expect.stringMatching(/^#1 'c' {2}<-- SUBACK {7}/),
      expect.stringMatching(/^#1 'c' {2}--> PUBLISH {6}topic 't', payload 0a, qos 0$/),
      expect.stringMatching(/^#1 'c' {2}<-- PUBLISH {6}topic 't', payload 0a, qos 0$/),
      expect.stringMatching(/^#1 'c' {2}--> malformed {4}c1 00$/),
      expect.stringMatching(/^#1 'c' {2}<-- DISCONNECT {3}reasonCode 0x81/),
    ]);
  });

  it('prints nothing that a terminal would obey', async () => {
    const { command, client } = await served('--print');
    client.send(connect({ clientId: '\u{1b}[2J' }));
    await client.take(2);
    expect(command.out()).toContain("'\\u{1b}[2J'");
    expect(command.out()).not.toContain('\u{1b}');
  });
});

describe('broker with TLS and WebSocket', () => {
  it('listens for each, and hands out its CA', async () => {
    const command = start('broker', '--port', '0', '--tls', '0', '--ws', '0', '--wss', '0');
    await command.until(/wss:\S+/);
    const urls = [...command.out().matchAll(/^Listening on (\S+)$/gm)].map(([, url]) => url!);
    expect(urls.map((url) => new URL(url).protocol)).toEqual(['mqtt:', 'mqtts:', 'ws:', 'wss:']);
    const pem = /-----BEGIN[^]+END CERTIFICATE-----/.exec(command.out())![0];
    expect(new X509Certificate(pem).ca).toBe(true);
    for (const url of urls) {
      const client = await dial(url);
      client.send(connect());
      expect(await client.take(5)).toBe('20 03 00 00 00');
      client.stream.destroy();
    }
  });

  it('writes the CA to a file, and has a certificate for its host', async () => {
    const caFile = join(await folder(), 'ca.pem');
    const command = start('broker', '--no-tcp', '--tls', '0', '--host', '127.0.0.2', '--ca-file', caFile);
    const [url] = await command.until(/mqtts:\S+/);
    expect(command.out()).toBe(`Listening on ${url}\n`);
    const ca = await readFile(caFile, 'utf8');
    const socket = connectTls({ host: '127.0.0.2', port: Number(new URL(url).port), ca });
    await once(socket, 'secureConnect');
    socket.destroy();
  });

  it('gives up all ports where it cannot write', async () => {
    const caFile = join(await folder(), 'missing', 'ca.pem');
    const command = start('broker', '--port', '0', '--tls', '0', '--ca-file', caFile);
    expect(await command.exitCode).toBe(1);
    expect(command.err()).toMatch(/^minimq-testkit: ENOENT.*\n$/);
    expect(command.out()).toBe('');
  });
});

describe('a wrong command line', () => {
  it.each([
    [['broker', '--prot', '1'], "unknown option '--prot' (Did you mean --port?)"],
    [['broker', '--port', 'x'], "option '--port <number>' argument 'x' is invalid. It has to be a whole number."],
    [['broker', '--port', '-1'], "option '--port <number>' argument '-1' is invalid. It has to be a whole number."],
    [['broker', '--port', '70000'], 'options.port should be >= 0 and < 65536. Received type number (70000).'],
    [['broker', '--receive-maximum', '0'], 'receiveMaximum has to be a whole number from 1 to 65535, not 0'],
    [
      ['broker', '--maximum-qos', '3'],
      "option '--maximum-qos <qos>' argument '3' is invalid. Allowed choices are 0, 1, 2.",
    ],
    [['broker', '--no-tcp'], '--no-tcp leaves nothing to listen on'],
    [['broker', 'x'], "too many arguments for 'broker'. Expected 0 arguments but got 1."],
    [['brkoer'], "unknown command 'brkoer' (Did you mean broker?)"],
  ])('%j is one line, and 2', async (args, message) => {
    const command = start(...args);
    expect(await command.exitCode).toBe(2);
    expect(command.err()).toBe(`minimq-testkit: ${message}\n`);
    expect(command.out()).toBe('');
  });

  it('without a command shows the commands, and is 2', async () => {
    const command = start();
    expect(await command.exitCode).toBe(2);
    expect(command.err()).toMatch(/broker \[options\]/);
  });

  it('is 1 where the port is taken, and gives the others up', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    atEnd(() => server.close());
    await once(server, 'listening');
    const taken = (server.address() as AddressInfo).port;
    const command = start('broker', '--port', '0', '--ws', String(taken));
    expect(await command.exitCode).toBe(1);
    expect(command.err()).toBe(`minimq-testkit: listen EADDRINUSE: address already in use 127.0.0.1:${taken}\n`);
    expect(command.out()).toBe('');
  });
});

describe('--help', () => {
  it('is 0', async () => {
    const command = start('broker', '--help');
    expect(await command.exitCode).toBe(0);
    expect(command.out()).toContain('--receive-maximum <number>');
    expect(command.err()).toBe('');
  });
});

it('a broker that is asked to stop at once does', async () => {
  const command = start('broker', '--port', '0');
  command.stop();
  expect(await command.exitCode).toBe(0);
  const [, port] = /:(\d+)\n$/.exec(command.out())!;
  const [error] = (await once(connectSocket(Number(port), '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
});
