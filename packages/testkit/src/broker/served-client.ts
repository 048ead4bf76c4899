import {
  ReasonCode,
  type AckPacket,
  type AuthPacket,
  type ConnackProperties,
  type ConnectPacket,
  type DisconnectPacket,
  type Packet,
  type ServerDisconnectProperties,
  type Will,
} from '@minimq/core/codec';
import { Authentication, checkMethod } from './authentication.ts';
import type { Connection } from './connection.ts';
import type { ConnectionEnd, Phase } from './phase.ts';
import type { Hub } from './hub.ts';
import { Inbound } from './inbound.ts';
import { dutiesOf, type ClientDuties } from './limits.ts';
import { MessageWriter } from './message-writer.ts';
import type { Alarm } from './schedule.ts';
import type { PendingWill, Session, SessionLink } from './session.ts';
import { subscribe, unsubscribe } from './subscribing.ts';
import { protocolError } from './violation.ts';

/** A client between its CONNACK and the end of its connection. */
export interface Served {
  readonly hub: Hub;
  readonly connection: Connection;
  readonly session: Session;
  readonly connect: ConnectPacket;
  readonly duties: ClientDuties;
}

const encoder = new TextEncoder();

/** Serves one client: each packet to the part of the broker that it is for. */
export class ServedClient implements Phase, SessionLink, Served {
  readonly hub: Hub;
  readonly connection: Connection;
  readonly session: Session;
  readonly connect: ConnectPacket;
  readonly duties: ClientDuties;
  readonly firstByte = undefined;
  readonly #inbound: Inbound;
  readonly #writer: MessageWriter;
  readonly #silenceMsMax: number;
  #keepAliveAlarm: Alarm | undefined;
  #reauthentication: Authentication | undefined;

  constructor(hub: Hub, connection: Connection, session: Session, connect: ConnectPacket, connack: ConnackProperties) {
    this.hub = hub;
    this.connection = connection;
    this.session = session;
    this.connect = connect;
    this.duties = dutiesOf(connack);
    this.#inbound = new Inbound(this);
    this.#writer = new MessageWriter(hub, connection);
    // One and a half times the keep alive [MQTT-3.1.2-22].
    this.#silenceMsMax = (connack.serverKeepAlive ?? connect.keepAlive) * 1500;
    const sessionExpiryInterval = connack.sessionExpiryInterval ?? connect.properties?.sessionExpiryInterval ?? 0;
    const will = connect.will === undefined ? undefined : pendingWill(connect.will, session.clientId);
    hub.sessions.join(session, this, sessionExpiryInterval, will);
    this.#watchSilence();
    this.wake();
  }

  get packetBytesMax(): number {
    return this.duties.maximumPacketSize;
  }

  receive(packet: Packet): void {
    const { outbound } = this.session;
    switch (packet.type) {
      case 'publish':
        return this.#inbound.publish(packet);
      case 'pubrel':
        return this.#inbound.pubrel(packet);
      case 'puback':
        outbound.puback(packet.packetId);
        return this.wake();
      case 'pubrec':
        return this.#pubrec(packet);
      case 'pubcomp':
        outbound.pubcomp(packet.packetId);
        return this.wake();
      case 'subscribe':
        return subscribe(this, packet);
      case 'unsubscribe':
        return unsubscribe(this, packet);
      case 'pingreq':
        return this.connection.send({ type: 'pingresp' });
      case 'auth':
        return this.#auth(packet);
      case 'disconnect':
        return this.#disconnect(packet);
      default:
        throw protocolError('3.1', 'A client sends CONNECT once');
    }
  }

  farewell(reasonCode: ReasonCode, properties: ServerDisconnectProperties): Packet {
    // A second CONNECT is refused like any other, whatever is wrong in it: 0x84 has no place in DISCONNECT.
    const isSecondConnect = reasonCode === ReasonCode.unsupportedProtocolVersion;
    return { type: 'disconnect', reasonCode: isSecondConnect ? ReasonCode.protocolError : reasonCode, properties };
  }

  fill(): boolean {
    return this.session.outbound.fill(this.#writer);
  }

  leaving(): void {
    this.#inbound.leaving();
  }

  /** The will is dropped only where the client says so [MQTT-3.14.4-3]. */
  ended({ by, reasonCode }: ConnectionEnd, handedBytes: number): void {
    this.hub.schedule.cancel(this.#keepAliveAlarm);
    this.hub.sessions.leave(this.session, { withWill: by !== 'client' || reasonCode !== 0, handedBytes });
  }

  wake(): void {
    this.connection.wake();
  }

  takeOver(): void {
    this.connection.finish({ by: 'broker', reasonCode: ReasonCode.sessionTakenOver });
  }

  #pubrec({ packetId, reasonCode = 0 }: AckPacket): void {
    const isRefusal = reasonCode >= 0x80;
    const isKnown = this.session.outbound.pubrec(packetId, isRefusal);
    const answer = isKnown ? ReasonCode.success : ReasonCode.packetIdentifierNotFound;
    if (!isRefusal) this.#writer.writePubrel(packetId, answer);
    this.wake();
  }

  /** Re-authentication (section 4.12.1): begun by the client, while everything else goes on. */
  #auth(packet: AuthPacket): void {
    const method = this.connect.properties?.authenticationMethod;
    checkMethod(packet, method);
    if (packet.reasonCode !== ReasonCode.reAuthenticate) {
      if (this.#reauthentication === undefined) throw protocolError('4.12', 'AUTH continues no authentication');
      this.#reauthentication.receive(packet);
      return;
    }
    if (this.#reauthentication !== undefined) throw protocolError('4.12.1', 'An authentication is under way already');
    const request = { method: method!, connect: this.connect, isReauthentication: true };
    const exchange = this.hub.settings.hooks.enhancedAuthentication?.(request);
    if (exchange === undefined) {
      this.connection.finish({ by: 'broker', reasonCode: ReasonCode.notAuthorized });
      return;
    }
    this.#reauthentication = new Authentication(this.connection, method!, exchange, {
      accept: (authenticationData) => {
        this.#reauthentication = undefined;
        const properties = { authenticationMethod: method, authenticationData };
        this.connection.send({ type: 'auth', reasonCode: ReasonCode.success, properties });
      },
      refuse: (reasonCode, reasonString) => this.connection.finish({ by: 'broker', reasonCode }, { reasonString }),
    });
    this.#reauthentication.respond(packet.properties.authenticationData);
  }

  #disconnect({ reasonCode = 0, properties }: DisconnectPacket): void {
    const sessionExpiryInterval = properties?.sessionExpiryInterval;
    if (sessionExpiryInterval !== undefined) {
      const wasZero = (this.connect.properties?.sessionExpiryInterval ?? 0) === 0;
      if (wasZero && sessionExpiryInterval > 0) {
        throw protocolError('3.14.2.2.2', 'DISCONNECT prolongs a session that CONNECT ends with its connection');
      }
      this.session.sessionExpiryInterval = sessionExpiryInterval;
    }
    this.connection.finishWith({ by: 'client', reasonCode }, undefined);
  }

  #watchSilence(): void {
    if (this.#silenceMsMax === 0) return;
    const atMs = this.connection.lastReceivedMs + this.#silenceMsMax;
    if (atMs > this.hub.clock.now()) this.#keepAliveAlarm = this.hub.schedule.at(atMs, () => this.#watchSilence());
    else this.connection.finish({ by: 'broker', reasonCode: ReasonCode.keepAliveTimeout });
  }
}

function pendingWill(
  { topic, payload = '', qos = 0, retain = false, properties = {} }: Will,
  publisher: string,
): PendingWill {
  const { willDelayInterval, ...rest } = properties;
  return {
    message: {
      topic,
      payload: typeof payload === 'string' ? encoder.encode(payload) : payload,
      qos,
      retain,
      properties: rest,
      publisher,
      receivedAtMs: 0,
    },
    delaySeconds: willDelayInterval ?? 0,
  };
}
