// The face for platforms with sockets: Node, Deno, Bun. `browser.ts` has the same exports.
import type { Io } from '@minimq/core';
import { openWebSocket } from './open-web-socket.ts';
import { commonOptions } from './options.ts';
import type { OpenIoOptions } from './options.ts';
import { hostAndPort, invalid, parseTarget, socketPath } from './url.ts';

const MQTT_PORT = 1883;
const MQTTS_PORT = 8883;

/**
 * Opens the byte stream that a URL names, and loads the transport for it: `mqtt://HOST[:1883]`, `mqtts://HOST[:8883]`,
 * `ws://HOST[:80]/PATH`, `wss://HOST[:443]/PATH`, `unix:/PATH`.
 *
 * Settles as the call of that transport does. Rejects with an `InvalidRequestError` (`invalid-argument`) for a URL that
 * cannot work: another scheme, one that needs sockets where the platform has none, credentials (see
 * `splitCredentials`), anything behind the host of `mqtt:` and `mqtts:`.
 */
export async function openIo(url: string | URL, options: OpenIoOptions = {}): Promise<Io> {
  const target = parseTarget(url);
  switch (target.protocol) {
    case 'mqtt:': {
      const where = hostAndPort(target, MQTT_PORT);
      const { connectTcp } = await import('@minimq/transport-node');
      return connectTcp({ ...options.tcp, ...commonOptions(options), ...where });
    }
    case 'mqtts:': {
      const where = hostAndPort(target, MQTTS_PORT);
      const { connectTls } = await import('@minimq/transport-tls');
      return connectTls({ ...options.tls, ...commonOptions(options), ...where });
    }
    case 'unix:': {
      const path = socketPath(target);
      const { connectUnix } = await import('@minimq/transport-node');
      return connectUnix({ ...options.unix, ...commonOptions(options), path });
    }
    case 'ws:':
    case 'wss:':
      return openWebSocket(target, options);
    default:
      throw invalid(`Nothing opens ${target.protocol} URLs: it must be mqtt, mqtts, ws, wss or unix`);
  }
}

export { splitCredentials } from './credentials.ts';
export type { SplitCredentials } from './credentials.ts';
export type { OpenIoCommonOptions, OpenIoOptions } from './options.ts';
