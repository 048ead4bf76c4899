import type { ConnackPacket } from '../codec/connack.ts';
import { putConnect, type ConnectPacket, type Will } from '../codec/connect.ts';
import { packetBytes } from '../codec/fixed-header.ts';
import type { UserProperties } from '../codec/properties.ts';
import { describeReasonCode, ReasonCode } from '../codec/reason-code.ts';
import { VARINT_MAX } from '../codec/varint.ts';
import { protocolError } from '../codec/violation.ts';
import { PeerError } from '../errors.ts';

/** What every CONNECT of a session says. */
export interface ConnectSettings {
  readonly rx: Uint8Array;
  readonly keepAlive: number;
  readonly sessionExpiryInterval: number;
  readonly topicAliasMaximum: number;
  readonly requestProblemInformation: boolean;
  readonly requestResponseInformation: boolean;
  readonly userProperties: UserProperties | undefined;
}

/** What one CONNECT says besides, and what its CONNACK is held against (sections 3.1 and 3.2). */
export interface ConnectRequest {
  readonly clientId: string;
  readonly cleanStart: boolean;
  /** Whether Session Present 1 is what we hope for, or at least accept. */
  readonly acceptsSession: boolean;
  readonly receiveMaximum: number;
  readonly will?: Will | undefined;
  readonly username?: string | undefined;
  readonly password?: Uint8Array | string | undefined;
  readonly authenticationMethod?: string | undefined;
  readonly authenticationData?: Uint8Array | undefined;
}

/** The CONNECT, in memory of its own: it has to fit whatever tx is full of. */
export function encodeConnect(settings: ConnectSettings, request: ConnectRequest): Uint8Array<ArrayBuffer> {
  const { authenticationMethod, authenticationData } = request;
  const maximumPacketSize = settings.rx.length;
  const packet: ConnectPacket = {
    ...request,
    type: 'connect',
    keepAlive: settings.keepAlive,
    // What is the standard's default anyway is left out.
    properties: {
      sessionExpiryInterval: unless(0, settings.sessionExpiryInterval),
      receiveMaximum: unless(65_535, request.receiveMaximum),
      maximumPacketSize: maximumPacketSize < VARINT_MAX ? maximumPacketSize : undefined,
      topicAliasMaximum: unless(0, settings.topicAliasMaximum),
      requestResponseInformation: unless(false, settings.requestResponseInformation),
      requestProblemInformation: unless(true, settings.requestProblemInformation),
      authenticationMethod,
      authenticationData,
      userProperties: settings.userProperties,
    },
  };
  return packetBytes(0x10, (target, position) => putConnect(target, position, packet));
}

function unless<T>(byDefault: T, value: T): T | undefined {
  return value === byDefault ? undefined : value;
}

/** Throws where the broker refuses, or says what it must not say to this CONNECT. */
export function checkConnack(
  { reasonCode, sessionPresent, properties = {} }: ConnackPacket,
  settings: ConnectSettings,
  request: ConnectRequest,
): void {
  if (reasonCode >= 0x80) {
    throw new PeerError('refused', `The broker refused the connection: ${describeReasonCode(reasonCode)}`, {
      ...properties,
      reasonCode,
      permanent: isPermanent(reasonCode),
      connectionLost: true,
    });
  }
  if (properties.authenticationMethod !== request.authenticationMethod) {
    throw protocolError('4.12', `CONNACK has the authentication method ${properties.authenticationMethod ?? '(none)'}`);
  }
  if (properties.responseInformation !== undefined && !settings.requestResponseInformation) {
    throw protocolError('3.1.2.11.6', 'CONNACK has response information that was not asked for');
  }
  if (sessionPresent && !request.acceptsSession) {
    throw protocolError('3.2.2.1.1', 'CONNACK has Session Present 1, and there is no session here');
  }
}

const permanent: readonly number[] = [
  ReasonCode.malformedPacket,
  ReasonCode.protocolError,
  ReasonCode.unsupportedProtocolVersion,
  ReasonCode.clientIdentifierNotValid,
  ReasonCode.badUserNameOrPassword,
  ReasonCode.notAuthorized,
  ReasonCode.banned,
  ReasonCode.badAuthenticationMethod,
  ReasonCode.sessionTakenOver,
  ReasonCode.topicNameInvalid,
  ReasonCode.packetTooLarge,
  ReasonCode.payloadFormatInvalid,
  ReasonCode.retainNotSupported,
  ReasonCode.qosNotSupported,
  ReasonCode.serverMoved,
];

/** Whether the same CONNECT would be refused for ever, by a CONNACK or by a DISCONNECT in its place. */
export function isPermanent(reasonCode: number): boolean {
  return permanent.includes(reasonCode);
}
