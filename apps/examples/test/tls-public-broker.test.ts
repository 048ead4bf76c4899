import { MemoryBroker } from '@minimq/testkit';
import { testCertificates } from '@minimq/testkit/certificates';
import { listenTls } from '@minimq/testkit/node';
import type { TlsOptions } from '@minimq/transport-tls';
import { Server } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Exit, exits } from './exits.ts';

/** An authority to trust besides what the program does, as if it were well known. */
const trusted = vi.hoisted(() => ({ ca: undefined as string | undefined }));
vi.mock('@minimq/transport-tls', async (importOriginal) => {
  const original = await importOriginal<typeof import('@minimq/transport-tls')>();
  const connectTls = (options: TlsOptions) => original.connectTls({ ...options, ca: trusted.ca ?? options.ca });
  return { ...original, connectTls };
});

/** Runs the program; Ctrl-C is sent as the event that it becomes. */
function start(...args: string[]): { readonly ended: Promise<unknown>; readonly interrupt: () => void } {
  vi.resetModules();
  process.argv = ['node', 'tls-public-broker', ...args];
  return {
    ended: import('../src/tls-public-broker.ts'),
    interrupt: () => void process.emit('SIGINT', 'SIGINT'),
  };
}

/** Resolves with the line that matches, once it is printed. */
function printed(method: 'log' | 'error'): (wanted: RegExp) => Promise<string> {
  const lines: string[] = [];
  let onLine = (): void => {};
  const spy = vi.spyOn(console, method).mockImplementation((line: string) => {
    lines.push(line);
    onLine();
  });
  onTestFinished(() => spy.mockRestore());
  return async (wanted) => {
    for (;;) {
      const found = lines.findIndex((line) => wanted.test(line));
      if (found >= 0) return lines.splice(0, found + 1).at(-1)!;
      await new Promise<void>((resolve) => (onLine = resolve));
    }
  };
}

it('asks and answers over TLS, and after a lost connection resumes both sessions', async () => {
  const line = printed('log');
  printed('error');
  vi.spyOn(Math, 'random').mockReturnValue(0); // No pause before the next connection.
  onTestFinished(() => void vi.restoreAllMocks());
  const { ended, interrupt } = start('--every', '1');
  expect(await line(/^TLS/)).toBe('TLSv1.3: a new session');
  expect(await line(/^MQTT/)).toBe('MQTT: a new session, subscribed');
  expect(await line(/squared/)).toBe('1 squared is 1');
  expect(await line(/^3 squared/)).toBe('3 squared is 9');
  expect(await line(/^TLS/)).toBe('TLSv1.3: the session is resumed');
  expect(await line(/^MQTT/)).toBe('MQTT: the subscriptions are still there');
  expect(await line(/squared/)).toMatch(/^\d+ squared is \d+$/);
  interrupt();
  await ended;
});

it('trusts the broker of --url only for a well-known authority', async () => {
  printed('log');
  const line = printed('error');
  const broker = new MemoryBroker();
  const listener = await listenTls(broker, { ...testCertificates().server });
  const { ended, interrupt } = start('--url', listener.url);
  expect(await line(/./)).toMatch(/^TransportError: .* signed by an authority that is not in ca .* Next attempt in/);
  interrupt();
  await ended;
  await listener.close();
  await broker.close();
});

it('takes an IPv6 address in the brackets of a URL', async () => {
  printed('log');
  const line = printed('error');
  const { ended, interrupt } = start('--url', 'mqtts://[::1]:1');
  expect(await line(/./)).toMatch(/^TransportError: Could not connect to \[::1\]:1: /);
  interrupt();
  await ended;
});

it('gives the broker the credentials of --url', async () => {
  const line = printed('log');
  trusted.ca = testCertificates().ca.cert;
  onTestFinished(() => {
    trusted.ca = undefined;
  });
  const credentials: unknown[] = [];
  const broker = new MemoryBroker({
    onPacket({ packet }) {
      if (packet?.type !== 'connect') return;
      credentials.push(packet.username, Buffer.from(packet.password ?? '').toString());
    },
  });
  const listener = await listenTls(broker, { ...testCertificates().server });
  const { ended, interrupt } = start('--url', listener.url.replace('//', '//ann%40home:p%3Aw@'));
  await line(/^MQTT/);
  expect(credentials).toEqual(['ann@home', 'p:w']);
  interrupt();
  await ended;
  await listener.close();
  await broker.close();
});

it.each([
  { args: ['--url', 'mqtt://127.0.0.1:1883'], words: '--url has to be mqtts://HOST, or mqtts://HOST:PORT' },
  { args: ['--url', 'mqtts:broker'], words: '--url has to be mqtts://HOST, or mqtts://HOST:PORT' },
  { args: ['--url', 'broker'], words: '--url has to be mqtts://HOST, or mqtts://HOST:PORT' },
  { args: ['--every', 'x'], words: '--every has to be a number of milliseconds, more than 0' },
  { args: ['--every', '0'], words: '--every has to be a number of milliseconds, more than 0' },
  { args: ['--every', 'Infinity'], words: '--every has to be a number of milliseconds, more than 0' },
  { args: ['--broker', 'x'], words: "Unknown option '--broker'" },
])('refuses $args', async ({ args, words }) => {
  const listening = vi.spyOn(Server.prototype, 'listen');
  onTestFinished(() => listening.mockRestore());
  const exitCodes = exits();
  const line = printed('error');
  await expect(start(...args).ended).rejects.toThrow(Exit);
  expect(exitCodes).toEqual([2]);
  expect(await line(/./)).toContain(words);
  expect(listening).not.toHaveBeenCalled();
});
