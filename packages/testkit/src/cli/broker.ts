import { writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { Command } from 'commander';
import { MemoryBroker } from '../broker/memory-broker.ts';
import { testCertificates, type Certificate } from '../certificates/index.ts';
import type { BrokerListener } from '../node/broker-listener.ts';
import { listenTcp, listenTls, listenWebSocket } from '../node/listen.ts';
import { memoryBrokerOptions, PORTS, withBrokerOptions, type BrokerFlags } from './broker-options.ts';
import { printedPacket } from './print-packet.ts';
import { CommandFailure, type Surroundings } from './surroundings.ts';

/** `broker`: the in-memory broker on this machine, until a signal ends it. */
export function brokerCommand(surroundings: Surroundings): Command {
  const command = new Command('broker')
    .description('Runs an MQTT v5 broker that keeps everything in memory. For tests and demos, not for production.')
    .action((flags: BrokerFlags) => runBroker(flags, surroundings));
  return withBrokerOptions(command);
}

async function runBroker(flags: BrokerFlags, { out, signal }: Surroundings): Promise<void> {
  const broker = makeBroker(flags, out);
  const listeners: BrokerListener[] = [];
  try {
    for (const listen of listening(flags, broker)) listeners.push(await listen());
    if (listeners.length === 0) throw new CommandFailure('--no-tcp leaves nothing to listen on', 2);
    if (isEncrypted(flags)) await handOutCa(flags, out);
    for (const { url } of listeners) out(`Listening on ${url}\n`);
    await aborted(signal);
  } catch (error) {
    throw failureOf(error);
  } finally {
    await Promise.all(listeners.map((listener) => listener.close()));
    await broker.close();
  }
}

function makeBroker(flags: BrokerFlags, out: (text: string) => void): MemoryBroker {
  try {
    return new MemoryBroker({
      ...memoryBrokerOptions(flags),
      onPacket: flags.print && ((observed) => out(`${printedPacket(observed, new Date())}\n`)),
    });
  } catch (error) {
    throw failureOf(error);
  }
}

function listening(flags: BrokerFlags, broker: MemoryBroker): readonly (() => Promise<BrokerListener>)[] {
  const { host, tcp, port } = flags;
  const portOf = (name: 'tls' | 'ws' | 'wss'): number | undefined =>
    flags[name] === true ? PORTS[name] : flags[name] === undefined ? undefined : Number(flags[name]);
  const [tls, ws, wss] = [portOf('tls'), portOf('ws'), portOf('wss')];
  const certificate = isEncrypted(flags) ? certificateFor(host) : undefined;
  return [
    ...(tcp ? [() => listenTcp(broker, { host, port })] : []),
    ...(tls === undefined ? [] : [() => listenTls(broker, { host, port: tls, ...certificate })]),
    ...(ws === undefined ? [] : [() => listenWebSocket(broker, { host, port: ws })]),
    ...(wss === undefined ? [] : [() => listenWebSocket(broker, { host, port: wss, tls: { ...certificate } })]),
  ];
}

function isEncrypted({ tls, wss }: BrokerFlags): boolean {
  return tls !== undefined || wss !== undefined;
}

/** Valid for this machine by its usual names, and by the one that it listens on. */
function certificateFor(host: string): Certificate {
  const names = ['localhost'];
  const addresses = ['127.0.0.1', '::1'];
  (isIP(host) === 0 ? names : addresses).push(host);
  return testCertificates().issue({ commonName: 'minimq-testkit', names, addresses });
}

async function handOutCa({ caFile }: BrokerFlags, out: (text: string) => void): Promise<void> {
  const { cert } = testCertificates().ca;
  if (caFile === undefined) out(cert);
  else await writeFile(caFile, cert);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What is out of its range was asked for in a wrong way; the rest is the system's. */
function failureOf(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CommandFailure(message, error instanceof RangeError || error instanceof TypeError ? 2 : 1, {
    cause: error,
  });
}
