import mqtt, {
  Store,
  type AckHandler,
  type IClientPublishOptions,
  type IConnackPacket,
  type IPublishPacket,
  type MqttClient,
  type Packet,
} from 'mqtt';
import type { PublishProperties, UserProperties, WillProperties } from '@minimq/core';
import type {
  ClientContext,
  ClientPublication,
  ClientUnderTest,
  Closed,
  ConformanceClient,
  Connected,
  ConnectRequest,
  DisconnectRequest,
  Feature,
  ReceivedMessage,
  SubscribeRequestProperties,
  UnsubscribeRequestProperties,
} from '@minimq/testkit/conformance';

/** Seconds. */
const SESSION_EXPIRY_INTERVAL = 300;

const SUPPORTED: readonly Feature[] = [
  'qos2',
  'session-resume',
  'will',
  'keep-alive',
  'connect-timeout',
  'session-expiry',
  'receive-maximum',
  'maximum-packet-size',
  'topic-alias-receive',
  'topic-alias-send',
  'topic-alias-automatic',
  'problem-information',
  'response-information',
  'publish-properties',
  'received-properties',
  'subscription-options',
  'subscription-identifiers',
  'connect-properties',
  'request-properties',
  'disconnect-options',
  'negative-ack',
  'granted-visible',
  'auth',
];

/** MQTT.js 5, on its defaults as far as a case leaves them, except that it does not reconnect by itself. */
export const mqttJs: ClientUnderTest = {
  name: 'MQTT.js 5.16',
  features: SUPPORTED,
  create: (context) => new MqttJsClient(context),
};

type RawUserProperties = Record<string, string | string[]>;

class MqttJsClient implements ConformanceClient {
  readonly #client: MqttClient;
  readonly #stores = { incomingStore: new Store({ clean: false }), outgoingStore: new Store({ clean: false }) };
  #isFirst = true;
  #reasonCode: number | undefined;
  #closed: Promise<Closed> = Promise.resolve({});

  constructor({ url, setup, deliver }: ClientContext) {
    const { auth, will, keepAlive = 0, connectTimeoutMs, automaticTopicAliases = 0, negativeAck = false } = setup;
    if (url === undefined) throw new TypeError('MQTT.js needs a broker that listens');
    const { username, password } = setup;
    this.#client = mqtt.connect(url, {
      protocolVersion: 5,
      clientId: setup.clientId ?? 'c',
      clean: false,
      keepalive: keepAlive,
      manualConnect: true,
      reconnectPeriod: 0,
      autoAssignTopicAlias: automaticTopicAliases > 0,
      ...(connectTimeoutMs !== undefined && { connectTimeout: connectTimeoutMs }),
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password: Buffer.from(password) }),
      ...(will !== undefined && { will: rawWill(will) }),
      properties: {
        sessionExpiryInterval: setup.sessionExpiryInterval ?? SESSION_EXPIRY_INTERVAL,
        ...(setup.receiveMaximum !== undefined && { receiveMaximum: setup.receiveMaximum }),
        ...(setup.maximumPacketSize !== undefined && { maximumPacketSize: setup.maximumPacketSize }),
        ...(setup.topicAliasMaximum !== undefined && { topicAliasMaximum: setup.topicAliasMaximum }),
        ...(setup.requestProblemInformation === false && { requestProblemInformation: false }),
        ...(setup.requestResponseInformation === true && { requestResponseInformation: true }),
        ...(setup.userProperties !== undefined && { userProperties: rawPairs(setup.userProperties) }),
        ...(auth !== undefined && { authenticationMethod: auth.method, ...authData(auth.start()) }),
      },
      ...(negativeAck && { customHandleAcks: refusing(deliver) }),
      ...this.#stores,
    });
    // Without a listener an error would end the process.
    this.#client.on('error', () => {});
    this.#client.on('disconnect', ({ reasonCode }) => (this.#reasonCode = reasonCode));
    const handled = new Map<IPublishPacket, Promise<void>>();
    this.#client.on('message', (topic, payload, packet) => {
      // The others have been handled before they were acknowledged.
      if (negativeAck && packet.qos > 0) return;
      handled.set(packet, deliver(received(topic, payload, packet)));
    });
    this.#client.handleMessage = (packet, done) => {
      // An application whose handler fails has been told; MQTT.js itself would end with it.
      const end = (): void => done();
      (handled.get(packet) ?? Promise.resolve()).then(end, end);
      handled.delete(packet);
    };
    if (auth !== undefined) {
      this.#client.handleAuth = ({ reasonCode, properties }, done) => {
        try {
          if (reasonCode !== 0x18) return void done();
          const data = authData(auth.respond(properties?.authenticationData));
          done(undefined, {
            cmd: 'auth',
            reasonCode: 0x18,
            properties: { authenticationMethod: auth.method, ...data },
          });
        } catch (error) {
          done(error as Error);
        }
      };
    }
  }

  async connect({ cleanStart = false }: ConnectRequest = {}): Promise<Connected> {
    const client = this.#client;
    // reconnect() on a connection that it takes for open would end that first, with DISCONNECT.
    if (client.connected) await new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.options.clean = cleanStart;
    return new Promise((resolve, reject) => {
      // Its event 'connect' comes when everything has been sent again and acknowledged; errors come before this.
      const onPacket = (packet: Packet): void => {
        if (packet.cmd !== 'connack') return;
        client.off('packetreceive', onPacket);
        setImmediate(() => resolve(connectedBy(packet)));
      };
      client.on('packetreceive', onPacket);
      this.#reasonCode = undefined;
      this.#closed = new Promise((resolveClosed) => {
        client.once('close', () => resolveClosed({ reasonCode: this.#reasonCode }));
      });
      const fail = (error: Error & { code?: unknown }): void => {
        const code = Number(error.code);
        if (error.message.startsWith('Connection refused')) resolve({ reasonCode: code, sessionPresent: false });
        else reject(error);
      };
      client.once('error', fail);
      client.once('close', () => reject(new Error('The connection was closed')));
      if (this.#isFirst) client.connect();
      else client.reconnect(this.#stores);
      this.#isFirst = false;
    });
  }

  publish({ topic, payload = '', qos = 0, retain = false, properties }: ClientPublication): Promise<number> {
    const options: IClientPublishOptions = {
      qos,
      retain,
      ...(properties && { properties: rawProperties(properties) }),
    };
    return new Promise((resolve, reject) => {
      const data = typeof payload === 'string' ? payload : Buffer.from(payload);
      this.#client.publish(topic, data, options, (error, packet) => {
        if (error) refusedOr(error, resolve, reject);
        else resolve((packet as { reasonCode?: number } | undefined)?.reasonCode ?? 0);
      });
    });
  }

  subscribe(
    subscriptions: Parameters<ConformanceClient['subscribe']>[0],
    { subscriptionIdentifier, userProperties }: SubscribeRequestProperties = {},
  ): Promise<readonly number[]> {
    const properties = {
      ...(subscriptionIdentifier !== undefined && { subscriptionIdentifier }),
      ...(userProperties !== undefined && { userProperties: rawPairs(userProperties) }),
    };
    const map = Object.fromEntries(
      subscriptions.map(({ topicFilter, qos = 0, noLocal = false, retainAsPublished = false, retainHandling = 0 }) => [
        topicFilter,
        { qos, nl: noLocal, rap: retainAsPublished, rh: retainHandling },
      ]),
    );
    return new Promise((resolve, reject) => {
      this.#client.subscribe(map, { properties }, (error, granted, packet) => {
        const codes = packet?.granted ?? granted?.map((item) => item.qos) ?? [];
        if (error !== null && codes.length === 0) reject(error);
        else resolve(codes.map(Number));
      });
    });
  }

  unsubscribe(
    topicFilters: readonly string[],
    { userProperties }: UnsubscribeRequestProperties = {},
  ): Promise<readonly number[]> {
    const options = userProperties === undefined ? {} : { properties: { userProperties: rawPairs(userProperties) } };
    return new Promise((resolve, reject) => {
      this.#client.unsubscribe([...topicFilters], options, (error, packet) => {
        const codes = (packet as { granted?: number[] } | undefined)?.granted ?? [];
        if (error) reject(error);
        else resolve(codes);
      });
    });
  }

  async disconnect({ reasonCode = 0, properties }: DisconnectRequest = {}): Promise<void> {
    const { userProperties, ...rest } = properties ?? {};
    const pairs = userProperties === undefined ? {} : { userProperties: rawPairs(userProperties) };
    await this.#client.endAsync(false, { reasonCode, properties: { ...(rest as object), ...pairs } });
  }

  reauthenticate(): Promise<void> {
    return Promise.reject(new Error('MQTT.js cannot authenticate again'));
  }

  closed(): Promise<Closed> {
    return this.#closed;
  }

  async stop(): Promise<void> {
    await this.#client.endAsync(true);
  }
}

/** For each message of QoS 1 and 2: has it handled, and answered with the code that the handler gives. */
function refusing(deliver: ClientContext['deliver']): AckHandler {
  return (topic, payload, packet: IPublishPacket, done) => {
    let given = 0;
    const ack = (reasonCode = 0): void => void (given = reasonCode);
    const end = (): void => done(given);
    void deliver({ ...received(topic, payload, packet), ack }).then(end, end);
  };
}

function received(topic: string, payload: Uint8Array, packet: IPublishPacket): ReceivedMessage {
  const { qos, retain, dup } = packet;
  return { topic, payload, qos, retain, dup, properties: propertiesOf(packet) as object };
}

function connectedBy({ reasonCode = 0, sessionPresent, properties }: IConnackPacket): Connected {
  const { maximumQoS = 2, responseInformation } = properties ?? {};
  return { reasonCode, sessionPresent, maximumQoS, responseInformation };
}

/** The broker's refusal is a result. */
function refusedOr(error: Error, resolve: (reasonCode: number) => void, reject: (error: Error) => void): void {
  const code = 'code' in error ? Number(error.code) : Number.NaN;
  if (error.message.startsWith('Publish error')) resolve(code);
  else reject(error);
}

function authData(data: Uint8Array | undefined): { authenticationData?: Buffer } {
  return data === undefined ? {} : { authenticationData: Buffer.from(data) };
}

function rawWill({
  topic,
  payload = '',
  qos = 0,
  retain = false,
  properties,
}: NonNullable<ClientContext['setup']['will']>) {
  return {
    topic,
    payload: Buffer.from(payload),
    qos,
    retain,
    ...(properties && { properties: rawProperties(properties) }),
  };
}

function rawPairs(pairs: UserProperties): RawUserProperties {
  const raw: RawUserProperties = {};
  for (const [name, value] of pairs) {
    const before = raw[name];
    raw[name] = before === undefined ? value : [before, value].flat();
  }
  return raw;
}

/** Options of MQTT.js are objects that it goes through by name; what is left out must not be there. */
function rawProperties({ userProperties, correlationData, ...rest }: PublishProperties | WillProperties) {
  return {
    ...(rest as { readonly payloadFormatIndicator?: never }),
    ...(correlationData !== undefined && { correlationData: Buffer.from(correlationData) }),
    ...(userProperties !== undefined && { userProperties: rawPairs(userProperties) }),
  };
}

function propertiesOf({ properties = {} }: IPublishPacket): Readonly<Record<string, unknown>> {
  const { userProperties = {}, subscriptionIdentifier, payloadFormatIndicator, ...rest } = properties;
  const pairs = Object.entries(userProperties).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value]),
  );
  return {
    ...rest,
    ...(payloadFormatIndicator !== undefined && { payloadFormatIndicator: Number(payloadFormatIndicator) }),
    subscriptionIdentifiers: [subscriptionIdentifier ?? []].flat(),
    ...(pairs.length > 0 && { userProperties: pairs }),
  };
}
