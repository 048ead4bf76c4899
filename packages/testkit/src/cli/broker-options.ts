import { InvalidArgumentError, Option, type Command } from 'commander';
import { ReasonCode } from '@minimq/core/codec';
import type { BrokerHooks } from '../broker/hooks.ts';
import type { MemoryBrokerOptions } from '../broker/options.ts';

/** The options of the command, as commander hands them over. */
export interface BrokerFlags {
  readonly host: string;
  readonly port: number;
  readonly tcp: boolean;
  readonly tls?: number | true;
  readonly ws?: number | true;
  readonly wss?: number | true;
  readonly caFile?: string;
  readonly receiveMaximum?: number;
  readonly maximumPacketSize?: number;
  readonly maximumQos?: '0' | '1' | '2';
  readonly topicAliasMaximum?: number;
  readonly retain: boolean;
  readonly wildcardSubscriptions: boolean;
  readonly sharedSubscriptions: boolean;
  readonly subscriptionIdentifiers: boolean;
  readonly keepAlive?: number;
  readonly sessionExpiry?: number;
  readonly username?: string;
  readonly password?: string;
  readonly print?: true;
}

/** Ports by custom. */
export const PORTS = { tcp: 1883, tls: 8883, ws: 8083, wss: 8084 } as const;

export function withBrokerOptions(command: Command): Command {
  return command
    .option('--host <address>', 'the address to listen on', '127.0.0.1')
    .option('--port <number>', 'the TCP port; 0: one that is free', wholeNumber, PORTS.tcp)
    .option('--no-tcp', 'does not listen for plain TCP')
    .option('--tls [port]', `listens for TLS as well, by default on port ${PORTS.tls}`, wholeNumber)
    .option('--ws [port]', `listens for WebSocket as well, by default on port ${PORTS.ws}`, wholeNumber)
    .option('--wss [port]', `listens for WebSocket over TLS as well, by default on port ${PORTS.wss}`, wholeNumber)
    .option('--ca-file <path>', 'where to write the CA that clients have to trust; default: the standard output')
    .option('--receive-maximum <number>', 'QoS 1 and 2 publishes that a client may have open', wholeNumber)
    .option('--maximum-packet-size <bytes>', 'the longest packet that a client may send', wholeNumber)
    .addOption(new Option('--maximum-qos <qos>', 'the highest QoS that a client may use').choices(['0', '1', '2']))
    .option('--topic-alias-maximum <number>', 'topic aliases that a client may use', wholeNumber)
    .option('--no-retain', 'refuses retained messages')
    .option('--no-wildcard-subscriptions', 'refuses wildcards')
    .option('--no-shared-subscriptions', 'refuses $share/')
    .option('--no-subscription-identifiers', 'refuses subscription identifiers')
    .option('--keep-alive <seconds>', 'the keep alive of all clients, whatever they ask for', wholeNumber)
    .option('--session-expiry <seconds>', 'how long all sessions are kept, whatever clients ask for', wholeNumber)
    .option('--username <name>', 'refuses clients with another user name')
    .option('--password <text>', 'refuses clients with another password')
    .option('--print', 'prints every packet');
}

/** What a broker is to be like. An option that was not given is not announced. */
export function memoryBrokerOptions(flags: BrokerFlags): MemoryBrokerOptions {
  const { maximumQos } = flags;
  return {
    receiveMaximum: flags.receiveMaximum,
    maximumPacketSize: flags.maximumPacketSize,
    maximumQoS: maximumQos === '0' ? 0 : maximumQos === '1' ? 1 : undefined,
    topicAliasMaximum: flags.topicAliasMaximum,
    retainAvailable: flags.retain ? undefined : false,
    wildcardSubscriptionAvailable: flags.wildcardSubscriptions ? undefined : false,
    sharedSubscriptionAvailable: flags.sharedSubscriptions ? undefined : false,
    subscriptionIdentifierAvailable: flags.subscriptionIdentifiers ? undefined : false,
    serverKeepAlive: flags.keepAlive,
    sessionExpiryInterval: flags.sessionExpiry,
    authenticate: authenticating(flags),
  };
}

function authenticating({ username, password }: BrokerFlags): BrokerHooks['authenticate'] {
  if (username === undefined && password === undefined) return undefined;
  return (connect) =>
    isGiven(connect.username, username) && isGiven(connect.password, password)
      ? ReasonCode.success
      : ReasonCode.badUserNameOrPassword;
}

function isGiven(value: string | Uint8Array | undefined, wanted: string | undefined): boolean {
  if (wanted === undefined || value === undefined) return wanted === undefined;
  return typeof value === 'string' ? value === wanted : Buffer.from(wanted).equals(value);
}

/** Whether it may have that value says whoever gets it. */
function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It has to be a whole number.');
  return Number(text);
}
