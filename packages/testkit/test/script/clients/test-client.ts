import type { QoS } from '@minimq/core';
import type { ScriptedBroker } from '@minimq/testkit';

/** What a scenario needs of an MQTT client, so that the same script runs against several. */
export interface TestClient {
  /** Opens a connection and waits for its CONNACK: whether the session is there, or why not. */
  connect(): Promise<Connected>;
  /** Settles when the message has been acknowledged, on this connection or a later one. */
  publish(topic: string, payload: string, qos: QoS, request?: Request): Promise<void>;
  /** The reason codes of the SUBACK, failures included. */
  subscribe(topicFilter: string, qos: QoS): Promise<readonly number[]>;
  unsubscribe(topicFilter: string): Promise<void>;
  /** What was handed to the application: `topic payload`. */
  readonly received: readonly string[];
  /** From here on the application does not finish with a message, until `release()`. */
  hold(): void;
  release(): void;
  /** Answers every request that comes, with this payload. */
  answerWith(payload: string): void;
  /** Moves the time in which the client lives. */
  advance(ms: number): Promise<void>;
  disconnect(): Promise<void>;
  /** Ends everything, also after a failure. */
  stop(): Promise<void>;
}

export interface Connected {
  readonly sessionPresent: boolean;
  /** 0, or why the broker refused. */
  readonly reasonCode: number;
}

export interface Request {
  readonly responseTopic: string;
  readonly correlationData: string;
}

export interface ClientSetup {
  /** Default `c`. */
  readonly clientId?: string;
  /** Default false: the session is to be kept. */
  readonly cleanStart?: boolean;
  /** Seconds; default 0: off. */
  readonly keepAlive?: number;
  readonly receiveMaximum?: number;
}

/** A broker with a script, and the client that it is about. */
export interface Bench {
  readonly broker: ScriptedBroker;
  readonly client: TestClient;
}

/** A script that any client has to pass. */
export interface Scenario {
  readonly name: string;
  readonly setup?: ClientSetup;
  readonly run: (bench: Bench) => Promise<void>;
}

/** A connection that begins as it should. */
export async function begin({ broker, client }: Bench): Promise<void> {
  const connecting = client.connect();
  await broker.expect.connect({ clientId: 'c' });
  await broker.send.connack();
  await connecting;
}
