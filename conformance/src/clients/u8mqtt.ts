import { MQTTClient_v5 as Client, type U8Packet } from 'u8-mqtt';
import type {
  ClientContext,
  ClientPublication,
  ClientSetup,
  ClientUnderTest,
  Closed,
  ConformanceClient,
  Connected,
  ConnectRequest,
  DisconnectRequest,
  Feature,
} from '@minimq/testkit/conformance';

/** Seconds. */
const SESSION_EXPIRY_INTERVAL = 300;

/** It knows no QoS 2, and keeps nothing over the loss of a connection. */
const SUPPORTED: readonly Feature[] = [
  'will',
  'keep-alive',
  'session-expiry',
  'receive-maximum',
  'maximum-packet-size',
  'problem-information',
  'response-information',
  'publish-properties',
  'received-properties',
  'disconnect-options',
  'granted-visible',
];

/** u8-mqtt 0.6, over TCP by its own `with_tcp()`. */
export const u8Mqtt: ClientUnderTest = {
  name: 'u8-mqtt 0.6',
  features: SUPPORTED,
  create: (context) => new U8MqttClient(context),
};

class U8MqttClient implements ConformanceClient {
  readonly #client: Client;
  readonly #setup: ClientSetup;
  readonly #url: string;
  #isFirst = true;
  #reasonCode: number | undefined;
  #onClosed: (closed: Closed) => void = () => {};
  #closed: Promise<Closed> = Promise.resolve({});

  constructor({ url, setup, deliver }: ClientContext) {
    if (url === undefined) throw new TypeError('u8-mqtt needs a broker that listens');
    this.#url = url;
    this.#setup = setup;
    this.#client = new Client({
      on_mqtt_type: { mqtt_disconnect: ({ reason }) => void (this.#reasonCode = Number(reason)) },
      // By itself it would connect here, with a packet of its own.
      on_live: () => {},
      on_disconnect: () => this.#onClosed({ reasonCode: this.#reasonCode }),
      on_error: () => {},
    });
    this.#client.log_conn = undefined;
    this.#client.on_topic('#', async ({ topic, payload, qos, retain, dup, props }) => {
      const properties = deliveryProperties(props ?? {}) as object;
      await deliver({ topic, payload, qos, retain, dup, properties }).catch(() => {});
    });
  }

  async connect({ cleanStart = false }: ConnectRequest = {}): Promise<Connected> {
    this.#reasonCode = undefined;
    this.#closed = new Promise((resolve) => (this.#onClosed = resolve));
    if (this.#isFirst) this.#client.with_tcp(this.#url);
    else this.#client.reconnect();
    this.#isFirst = false;
    // Its connect() goes on waiting then; an application hears of it by on_disconnect.
    const lost = this.#closed.then(() => Promise.reject(new Error('The connection was closed')));
    try {
      const connecting = this.#client.connect(connectPacket(this.#setup, cleanStart));
      const [connack] = await Promise.race([connecting, lost]);
      return connectedBy(connack);
    } catch (error) {
      const { mqtt_pkt: connack } = error as { readonly mqtt_pkt?: U8Packet };
      if (connack === undefined) throw error;
      return connectedBy(connack);
    }
  }

  async publish({ topic, payload = '', qos = 0, retain = false, properties }: ClientPublication): Promise<number> {
    const props = properties === undefined ? {} : { props: rawProperties(properties) };
    const answer = await this.#client.pub({ topic, payload, qos, retain }, props);
    return answer === true ? 0 : Number(answer[0].reason ?? 0);
  }

  async subscribe(subscriptions: Parameters<ConformanceClient['subscribe']>[0]): Promise<readonly number[]> {
    const topics = subscriptions.map(({ topicFilter, qos = 0 }) => [topicFilter, { qos }]);
    const [{ answers = [] }] = await this.#client.subscribe({ topics });
    return answers.map(Number);
  }

  async unsubscribe(topicFilters: readonly string[]): Promise<readonly number[]> {
    const [{ answers = [] }] = await this.#client.unsubscribe({ topics: topicFilters });
    return answers.map(Number);
  }

  async disconnect({ reasonCode = 0, properties }: DisconnectRequest = {}): Promise<void> {
    const props = properties === undefined ? {} : { props: rawProperties(properties) };
    await this.#client.disconnect({ reason: reasonCode, ...props });
  }

  reauthenticate(): Promise<void> {
    return Promise.reject(new Error('u8-mqtt cannot authenticate again'));
  }

  closed(): Promise<Closed> {
    return this.#closed;
  }

  /** Its sockets end with those of the broker. */
  stop(): Promise<void> {
    return Promise.resolve();
  }
}

function connectPacket(setup: ClientSetup, cleanStart: boolean): object {
  const { will, username, password, userProperties } = setup;
  return {
    client_id: setup.clientId ?? 'c',
    keep_alive: setup.keepAlive ?? 0,
    flags: { clean_start: cleanStart },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(will !== undefined && {
      will: {
        topic: will.topic,
        payload: will.payload ?? '',
        qos: will.qos ?? 0,
        retain: will.retain ?? false,
        ...(will.properties && { props: rawProperties(will.properties) }),
      },
    }),
    props: {
      session_expiry_interval: setup.sessionExpiryInterval ?? SESSION_EXPIRY_INTERVAL,
      ...(setup.receiveMaximum !== undefined && { receive_maximum: setup.receiveMaximum }),
      ...(setup.maximumPacketSize !== undefined && { maximum_packet_size: setup.maximumPacketSize }),
      ...(setup.requestProblemInformation === false && { request_problem_information: 0 }),
      ...(setup.requestResponseInformation === true && { request_response_information: 1 }),
      ...(userProperties !== undefined && { user_properties: Object.fromEntries(userProperties) }),
    },
  };
}

function connectedBy({ reason = 0, flags = 0, props }: U8Packet): Connected {
  return {
    reasonCode: Number(reason),
    sessionPresent: (Number(flags) & 1) === 1,
    maximumQoS: Number(props?.['maximum_qos'] ?? 2),
    responseInformation: props?.['response_information'] as string | undefined,
  };
}

/** `messageExpiryInterval` is `message_expiry_interval` there. */
function rawProperties(properties: object): Readonly<Record<string, unknown>> {
  const given = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      name === 'userProperties' ? Object.fromEntries(value as [string, string][]) : (value as unknown),
    ]),
  );
}

function deliveryProperties(props: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { user_properties: pairs, subscription_identifier: identifier, ...rest } = props;
  const named = Object.entries(rest).map(([name, value]) => [
    name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return {
    ...(Object.fromEntries(named) as Readonly<Record<string, unknown>>),
    subscriptionIdentifiers: [identifier ?? []].flat(),
    ...(pairs !== undefined && { userProperties: Object.entries(pairs as object) }),
  };
}
