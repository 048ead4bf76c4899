import type { ConnackProperties, ConnectProperties } from '@minimq/core/codec';

/** The most bytes that any MQTT packet has, its fixed header included. */
const PACKET_BYTES_MAX = 268_435_460;
const RECEIVE_MAXIMUM_DEFAULT = 65_535;

/** What the broker announces in every CONNACK, and enforces. An option that is left out is not announced. */
export interface BrokerLimits {
  /** QoS 1 and 2 publishes of a client that may be open at once, 1 to 65,535. Default 65,535; beyond it 0x93. */
  readonly receiveMaximum?: number | undefined;
  /** The highest QoS of a client's publishes and will. Default: 2; beyond it 0x9B. */
  readonly maximumQoS?: 0 | 1 | undefined;
  /** Default true; otherwise RETAIN is answered with 0x9A. */
  readonly retainAvailable?: boolean | undefined;
  /** Bytes of a client's packet, fixed header included, from 1. Default: what MQTT allows; beyond it 0x95. */
  readonly maximumPacketSize?: number | undefined;
  /** Topic aliases that a client may use, 0 to 65,535. Default 0; beyond it 0x94. */
  readonly topicAliasMaximum?: number | undefined;
  /** Default true; otherwise a wildcard is answered with 0xA2. */
  readonly wildcardSubscriptionAvailable?: boolean | undefined;
  /** Default true; otherwise an identifier is answered with 0xA1. */
  readonly subscriptionIdentifierAvailable?: boolean | undefined;
  /** Default true; otherwise `$share/` is answered with 0x9E. */
  readonly sharedSubscriptionAvailable?: boolean | undefined;
}

/** The limits in the order of the standard's CONNACK, to be announced. */
export function announced(limits: BrokerLimits): ConnackProperties {
  const { receiveMaximum, maximumQoS, retainAvailable, maximumPacketSize, topicAliasMaximum } = limits;
  const { wildcardSubscriptionAvailable, subscriptionIdentifierAvailable, sharedSubscriptionAvailable } = limits;
  return {
    receiveMaximum,
    maximumQoS,
    retainAvailable,
    maximumPacketSize,
    topicAliasMaximum,
    wildcardSubscriptionAvailable,
    subscriptionIdentifierAvailable,
    sharedSubscriptionAvailable,
  };
}

/** What a client has to keep to that got these properties in its CONNACK. */
export interface ClientDuties {
  readonly receiveMaximum: number;
  readonly maximumQoS: number;
  readonly retainAvailable: boolean;
  readonly maximumPacketSize: number;
  readonly topicAliasMaximum: number;
  readonly wildcardSubscriptionAvailable: boolean;
  readonly subscriptionIdentifierAvailable: boolean;
  readonly sharedSubscriptionAvailable: boolean;
}

export function dutiesOf(connack: ConnackProperties | BrokerLimits): ClientDuties {
  return {
    receiveMaximum: connack.receiveMaximum ?? RECEIVE_MAXIMUM_DEFAULT,
    maximumQoS: connack.maximumQoS ?? 2,
    retainAvailable: connack.retainAvailable ?? true,
    maximumPacketSize: connack.maximumPacketSize ?? PACKET_BYTES_MAX,
    topicAliasMaximum: connack.topicAliasMaximum ?? 0,
    wildcardSubscriptionAvailable: connack.wildcardSubscriptionAvailable ?? true,
    subscriptionIdentifierAvailable: connack.subscriptionIdentifierAvailable ?? true,
    sharedSubscriptionAvailable: connack.sharedSubscriptionAvailable ?? true,
  };
}

/** What a client said in its CONNECT that it can take. */
export interface ClientLimits {
  readonly receiveMaximum: number;
  readonly maximumPacketSize: number;
  readonly topicAliasMaximum: number;
  readonly requestProblemInformation: boolean;
}

export function clientLimitsOf(connect: ConnectProperties | undefined): ClientLimits {
  return {
    receiveMaximum: connect?.receiveMaximum ?? RECEIVE_MAXIMUM_DEFAULT,
    maximumPacketSize: connect?.maximumPacketSize ?? PACKET_BYTES_MAX,
    topicAliasMaximum: connect?.topicAliasMaximum ?? 0,
    requestProblemInformation: connect?.requestProblemInformation ?? true,
  };
}
