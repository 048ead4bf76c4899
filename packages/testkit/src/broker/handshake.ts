import {
  isReasonCode,
  ReasonCode,
  type ConnackPacket,
  type ConnackProperties,
  type ConnectPacket,
  type Packet,
  type ServerDisconnectProperties,
} from '@minimq/core/codec';
import { Authentication, checkMethod } from './authentication.ts';
import type { Connection } from './connection.ts';
import type { ConnectionEnd, Phase } from './phase.ts';
import type { Verdict } from './hooks.ts';
import type { Hub } from './hub.ts';
import { announced, clientLimitsOf, dutiesOf } from './limits.ts';
import type { Alarm } from './schedule.ts';
import { ServedClient } from './served-client.ts';
import { protocolError, violation } from './violation.ts';

const CONNECT_FIRST_BYTE = 0x10;

/** From the opening of a connection to its CONNACK (sections 3.1.4 and 4.12). */
export class Handshake implements Phase {
  readonly packetBytesMax: number;
  readonly #hub: Hub;
  readonly #connection: Connection;
  readonly #timeout: Alarm;
  #connect: ConnectPacket | undefined;
  #authentication: Authentication | undefined;

  constructor(hub: Hub, connection: Connection) {
    this.#hub = hub;
    this.#connection = connection;
    this.packetBytesMax = dutiesOf(hub.settings.limits).maximumPacketSize;
    this.#timeout = hub.schedule.after(hub.settings.connectTimeoutMs, () => connection.finish({ by: 'broker' }));
  }

  get firstByte(): number | undefined {
    return this.#connect === undefined ? CONNECT_FIRST_BYTE : undefined;
  }

  receive(packet: Packet): void {
    if (packet.type === 'connect' && this.#connect === undefined) this.take(packet);
    else if (packet.type === 'auth' && this.#connect !== undefined) {
      checkMethod(packet, this.#connect.properties?.authenticationMethod);
      this.#authentication?.receive(packet);
    } else if (packet.type === 'disconnect') {
      this.#connection.finishWith({ by: 'client', reasonCode: packet.reasonCode }, undefined);
    } else throw protocolError('3.1.4', 'Before CONNACK a client sends CONNECT once, and then AUTH at most');
  }

  /** A CONNECT, just read or handed over. */
  take(connect: ConnectPacket): void {
    this.#connect = connect;
    this.#connection.connect = connect;
    this.#connection.clientId = connect.clientId;
    this.#connection.limits = clientLimitsOf(connect.properties);
    this.#checkWill(connect);
    const { authenticate } = this.#hub.settings.hooks;
    this.#connection.ask<Verdict>(authenticate?.(connect) ?? ReasonCode.success, (verdict) => {
      const { reasonCode, properties = {} } = typeof verdict === 'number' ? { reasonCode: verdict } : verdict;
      if (reasonCode >= 0x80) this.#refuse(reasonCode, properties);
      else this.#authenticate(connect, properties);
    });
  }

  /** A connection whose CONNACK somebody else has sent. */
  adopt(connect: ConnectPacket, connack: ConnackPacket): void {
    const clientId = connack.properties?.assignedClientIdentifier ?? connect.clientId;
    this.#connect = connect;
    this.#connection.connect = connect;
    this.#connection.clientId = clientId;
    this.#connection.limits = clientLimitsOf(connect.properties);
    const { session } = this.#hub.sessions.open(clientId, !connack.sessionPresent);
    this.#hub.schedule.cancel(this.#timeout);
    this.#connection.enter(new ServedClient(this.#hub, this.#connection, session, connect, connack.properties ?? {}));
  }

  /** Not every reason to disconnect can stand in a CONNACK; a DISCONNECT must not come before it [MQTT-3.14.0-1]. */
  farewell(reasonCode: ReasonCode, properties: ServerDisconnectProperties): Packet | undefined {
    if (reasonCode < 0x80 || !isReasonCode(reasonCode, 'connack')) return undefined;
    return { type: 'connack', sessionPresent: false, reasonCode, properties };
  }

  fill(): boolean {
    return false;
  }

  leaving(): void {}

  ended(_end: ConnectionEnd): void {
    this.#hub.schedule.cancel(this.#timeout);
  }

  #checkWill({ clientId, username, will }: ConnectPacket): void {
    if (will === undefined) return;
    const { qos = 0, retain = false, topic } = will;
    const { maximumQoS, retainAvailable } = dutiesOf(this.#hub.settings.limits);
    if (qos > maximumQoS) throw violation(ReasonCode.qosNotSupported, '3.2.2.3.4', `The will has QoS ${qos}`);
    if (retain && !retainAvailable) throw violation(ReasonCode.retainNotSupported, '3.2.2.3.5', 'The will is retained');
    const { authorizePublish } = this.#hub.settings.hooks;
    const code = authorizePublish?.({ clientId, username, topic, qos, retain, isWill: true }) ?? ReasonCode.success;
    if (code >= 0x80) throw violation(code, '3.1.2.5', `The will is not allowed on '${topic}'`);
  }

  #authenticate(connect: ConnectPacket, properties: ConnackProperties): void {
    const method = connect.properties?.authenticationMethod;
    if (method === undefined) {
      this.#accept(connect, properties);
      return;
    }
    const { enhancedAuthentication } = this.#hub.settings.hooks;
    const exchange = enhancedAuthentication?.({ method, connect, isReauthentication: false });
    if (exchange === undefined) {
      throw violation(ReasonCode.badAuthenticationMethod, '4.12', 'There is no such authentication method');
    }
    this.#authentication = new Authentication(this.#connection, method, exchange, {
      accept: (authenticationData) =>
        this.#accept(connect, { ...properties, authenticationMethod: method, authenticationData }),
      refuse: (reasonCode, reasonString) => this.#refuse(reasonCode, { ...properties, reasonString }),
    });
    this.#authentication.respond(connect.properties?.authenticationData);
  }

  #refuse(reasonCode: ReasonCode, properties: ConnackProperties): void {
    this.#connection.finishWith(
      { by: 'broker', reasonCode },
      { type: 'connack', sessionPresent: false, reasonCode, properties },
    );
  }

  #accept(connect: ConnectPacket, extra: ConnackProperties): void {
    const { sessions, settings, schedule } = this.#hub;
    const assigned = connect.clientId === '' ? sessions.assignClientId() : undefined;
    const clientId = assigned ?? connect.clientId;
    const wantsInformation = connect.properties?.requestResponseInformation === true;
    const properties: ConnackProperties = {
      sessionExpiryInterval: settings.sessionExpiryInterval,
      ...announced(settings.limits),
      assignedClientIdentifier: assigned,
      serverKeepAlive: settings.serverKeepAlive,
      responseInformation: wantsInformation ? settings.responseInformation : undefined,
      ...extra,
    };
    schedule.cancel(this.#timeout);
    const { session, isPresent } = sessions.open(clientId, connect.cleanStart);
    this.#connection.clientId = clientId;
    this.#connection.send({
      type: 'connack',
      sessionPresent: isPresent,
      reasonCode: ReasonCode.success,
      properties,
    });
    if (this.#connection.isOpen) {
      this.#connection.enter(new ServedClient(this.#hub, this.#connection, session, connect, properties));
    } else sessions.leave(session, { withWill: false, handedBytes: 0 });
  }
}
