import type { Bench } from './bench/bench.ts';
import type { ClientSetup } from './client.ts';
import type { Feature } from './feature.ts';
import type { StatementId } from './statements.ts';
import type { WebSocketSettings } from './ways/way.ts';

/** A script of the broker that a client has to pass. */
export interface ConformanceCase {
  /** The statements that the case judges. */
  readonly statements: readonly StatementId[];
  /** One sentence: what the client does where it is right. No two cases have the same. */
  readonly name: string;
  /** What the client has to be able to do, beside what `setup` asks for by itself. */
  readonly needs?: readonly Feature[];
  readonly setup?: ClientSetup;
  /** The ways over which it makes sense, by their names. Default: all. */
  readonly ways?: readonly string[];
  /** What it wants of a server behind a WebSocket; for cases whose ways are `ws` and `wss`. */
  readonly webSocket?: WebSocketSettings;
  /** Whether it keeps the processor so busy that others would be late: it runs before them, alone. Default false. */
  readonly isHeavy?: boolean;
  readonly run: (bench: Bench) => Promise<void>;
}

/** What a setting asks of a client. */
const NEEDED_FOR: { readonly [Name in keyof ClientSetup]?: Feature } = {
  keepAlive: 'keep-alive',
  sessionExpiryInterval: 'session-expiry',
  connectTimeoutMs: 'connect-timeout',
  receiveMaximum: 'receive-maximum',
  maximumPacketSize: 'maximum-packet-size',
  topicAliasMaximum: 'topic-alias-receive',
  automaticTopicAliases: 'topic-alias-automatic',
  requestProblemInformation: 'problem-information',
  requestResponseInformation: 'response-information',
  userProperties: 'connect-properties',
  will: 'will',
  auth: 'auth',
  manualAck: 'manual-ack',
  negativeAck: 'negative-ack',
};

/** All that a case needs of a client, in no particular order. */
export function neededFeatures({ needs = [], setup = {} }: ConformanceCase): readonly Feature[] {
  const forSetup = Object.keys(setup).flatMap((name) => NEEDED_FOR[name as keyof ClientSetup] ?? []);
  const { clientId, username, password } = setup;
  const forName: readonly Feature[] = clientId === '' ? ['assigned-client-id'] : [];
  const forPassword: readonly Feature[] = password !== undefined && username === undefined ? ['password-alone'] : [];
  return [...new Set([...needs, ...forSetup, ...forName, ...forPassword])];
}
