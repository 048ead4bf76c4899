/** The reason codes of MQTT v5 (section 2.4). Below 0x80 is success. */
interface ReasonCodes {
  readonly success: 0x00;
  readonly normalDisconnection: 0x00;
  readonly grantedQoS0: 0x00;
  readonly grantedQoS1: 0x01;
  readonly grantedQoS2: 0x02;
  readonly disconnectWithWillMessage: 0x04;
  readonly noMatchingSubscribers: 0x10;
  readonly noSubscriptionExisted: 0x11;
  readonly continueAuthentication: 0x18;
  readonly reAuthenticate: 0x19;
  readonly unspecifiedError: 0x80;
  readonly malformedPacket: 0x81;
  readonly protocolError: 0x82;
  readonly implementationSpecificError: 0x83;
  readonly unsupportedProtocolVersion: 0x84;
  readonly clientIdentifierNotValid: 0x85;
  readonly badUserNameOrPassword: 0x86;
  readonly notAuthorized: 0x87;
  readonly serverUnavailable: 0x88;
  readonly serverBusy: 0x89;
  readonly banned: 0x8a;
  readonly serverShuttingDown: 0x8b;
  readonly badAuthenticationMethod: 0x8c;
  readonly keepAliveTimeout: 0x8d;
  readonly sessionTakenOver: 0x8e;
  readonly topicFilterInvalid: 0x8f;
  readonly topicNameInvalid: 0x90;
  readonly packetIdentifierInUse: 0x91;
  readonly packetIdentifierNotFound: 0x92;
  readonly receiveMaximumExceeded: 0x93;
  readonly topicAliasInvalid: 0x94;
  readonly packetTooLarge: 0x95;
  readonly messageRateTooHigh: 0x96;
  readonly quotaExceeded: 0x97;
  readonly administrativeAction: 0x98;
  readonly payloadFormatInvalid: 0x99;
  readonly retainNotSupported: 0x9a;
  readonly qosNotSupported: 0x9b;
  readonly useAnotherServer: 0x9c;
  readonly serverMoved: 0x9d;
  readonly sharedSubscriptionsNotSupported: 0x9e;
  readonly connectionRateExceeded: 0x9f;
  readonly maximumConnectTime: 0xa0;
  readonly subscriptionIdentifiersNotSupported: 0xa1;
  readonly wildcardSubscriptionsNotSupported: 0xa2;
}
export type ReasonCode = ReasonCodes[keyof ReasonCodes];

// The failures, from 0x80 on without a gap.
const failures: readonly string[] = /* @__PURE__ */ (
  'unspecifiedError malformedPacket protocolError implementationSpecificError unsupportedProtocolVersion ' +
  'clientIdentifierNotValid badUserNameOrPassword notAuthorized serverUnavailable serverBusy banned ' +
  'serverShuttingDown badAuthenticationMethod keepAliveTimeout sessionTakenOver topicFilterInvalid ' +
  'topicNameInvalid packetIdentifierInUse packetIdentifierNotFound receiveMaximumExceeded topicAliasInvalid ' +
  'packetTooLarge messageRateTooHigh quotaExceeded administrativeAction payloadFormatInvalid ' +
  'retainNotSupported qosNotSupported useAnotherServer serverMoved sharedSubscriptionsNotSupported ' +
  'connectionRateExceeded maximumConnectTime subscriptionIdentifiersNotSupported ' +
  'wildcardSubscriptionsNotSupported'
).split(' ');

/** The reason codes of MQTT v5 (section 2.4). Below 0x80 is success. */
export const ReasonCode: ReasonCodes = /* @__PURE__ */ Object.assign(
  {
    success: 0x00,
    normalDisconnection: 0x00,
    grantedQoS0: 0x00,
    grantedQoS1: 0x01,
    grantedQoS2: 0x02,
    disconnectWithWillMessage: 0x04,
    noMatchingSubscribers: 0x10,
    noSubscriptionExisted: 0x11,
    continueAuthentication: 0x18,
    reAuthenticate: 0x19,
  } as ReasonCodes,
  /* @__PURE__ */ Object.fromEntries(failures.map((name, i) => [name, 0x80 + i])),
);

const codes: readonly number[] = /* @__PURE__ */ Object.values(ReasonCode);

// The packets that each of these codes, in their order, may stand in: K CONNACK; P PUBACK and PUBREC of a client, p of a
// server; R PUBREL and PUBCOMP; S SUBACK; U UNSUBACK; D DISCONNECT of a client, d of a server; A AUTH of a client, a of a
// server. A second name is not asked. 0x8C is missing in the DISCONNECT table but named as a DISCONNECT code in 2.4.
const uses: readonly string[] = /* @__PURE__ */ (
  'KPpRSUDda - - S S D p U Aa A ' + // 0x00 to 0x19
  'KPpSUDd KDd KDd KPpSUDd K K K KPpSUd K Kd K d Kd d d SUd ' + // 0x80 to 0x8F
  'KPpDd PpSU R Dd Dd KDd Dd KPpSDd Dd KPpDd Kd KDd Kd Kd Sd Kd ' + // 0x90 to 0x9F
  'd Sd Sd'
).split(' ');
// The letter of each place: those of a client, then those of a server.
const LETTERS = '....PPRR......DA' + '..K.ppRR.S.U..da';

/** Whether the standard allows `code` in the packet of that place. */
export function isReasonCodeAt(place: number, code: number): code is ReasonCode {
  return uses[codes.indexOf(code)]?.includes(LETTERS[place]!) ?? false;
}

/** The standard's name of a reason code, in words: `0x87 (not authorized)`. */
export function describeReasonCode(code: number): string {
  const hex = `0x${Number(code).toString(16).padStart(2, '0')}`;
  const name = Object.keys(ReasonCode)[codes.indexOf(code)];
  return name === undefined
    ? hex
    : `${hex} (${name.replace(/QoS|[A-Z]|\d/g, (part) => ` ${part === 'QoS' ? part : part.toLowerCase()}`)})`;
}
