// Section 2.2.2: the types of all properties. What each packet may carry at run time is in the table of properties.

/** Name and value, in the order of sending; a name may come more than once. */
export type UserProperties = readonly (readonly [name: string, value: string])[];

/** Every property of MQTT v5 with the type of its value. */
export interface PropertyTypes {
  /** 1: the payload is UTF-8 text; 0: bytes. */
  readonly payloadFormatIndicator: 0 | 1;
  /** Seconds; the broker forwards what is left of it. */
  readonly messageExpiryInterval: number;
  readonly contentType: string;
  /** A topic name, without wildcards. */
  readonly responseTopic: string;
  readonly correlationData: Uint8Array;
  /** 1 to 268,435,455. */
  readonly subscriptionIdentifier: number;
  readonly subscriptionIdentifiers: readonly number[];
  /** Seconds that the session outlives its connection; 4,294,967,295: for ever. */
  readonly sessionExpiryInterval: number;
  readonly assignedClientIdentifier: string;
  /** Seconds; 0: off. */
  readonly serverKeepAlive: number;
  readonly authenticationMethod: string;
  readonly authenticationData: Uint8Array;
  readonly requestProblemInformation: boolean;
  /** Seconds between the loss of a connection and its will. */
  readonly willDelayInterval: number;
  readonly requestResponseInformation: boolean;
  readonly responseInformation: string;
  readonly serverReference: string;
  readonly reasonString: string;
  /** QoS 1 and 2 publishes that may be open at once, 1 to 65,535. */
  readonly receiveMaximum: number;
  readonly topicAliasMaximum: number;
  /** 1 to the peer's Topic Alias Maximum. */
  readonly topicAlias: number;
  readonly maximumQoS: 0 | 1;
  readonly retainAvailable: boolean;
  readonly userProperties: UserProperties;
  /** Bytes of a whole packet, its fixed header included. */
  readonly maximumPacketSize: number;
  readonly wildcardSubscriptionAvailable: boolean;
  readonly subscriptionIdentifierAvailable: boolean;
  readonly sharedSubscriptionAvailable: boolean;
}
export type PropertyName = keyof PropertyTypes;

/** The named properties, all optional; every other MQTT property is refused by the compiler as well. */
export type PropertiesOf<Name extends PropertyName> = {
  readonly [K in Name]?: PropertyTypes[K] | undefined;
} & { readonly [K in Exclude<PropertyName, Name>]?: never };

type MessageProperty =
  | 'payloadFormatIndicator'
  | 'messageExpiryInterval'
  | 'contentType'
  | 'responseTopic'
  | 'correlationData'
  | 'userProperties';

export interface ConnectProperties extends PropertiesOf<
  | 'sessionExpiryInterval'
  | 'receiveMaximum'
  | 'maximumPacketSize'
  | 'topicAliasMaximum'
  | 'requestResponseInformation'
  | 'requestProblemInformation'
  | 'authenticationMethod'
  | 'authenticationData'
  | 'userProperties'
> {}
export interface WillProperties extends PropertiesOf<MessageProperty | 'willDelayInterval'> {}
export interface ConnackProperties extends PropertiesOf<
  | 'sessionExpiryInterval'
  | 'receiveMaximum'
  | 'maximumQoS'
  | 'retainAvailable'
  | 'maximumPacketSize'
  | 'assignedClientIdentifier'
  | 'topicAliasMaximum'
  | 'reasonString'
  | 'wildcardSubscriptionAvailable'
  | 'subscriptionIdentifierAvailable'
  | 'sharedSubscriptionAvailable'
  | 'serverKeepAlive'
  | 'responseInformation'
  | 'serverReference'
  | 'authenticationMethod'
  | 'authenticationData'
  | 'userProperties'
> {}
/** What a client may send with a message. */
export interface PublishProperties extends PropertiesOf<MessageProperty | 'topicAlias'> {}
/** What a server may send with a message. */
export interface DeliveryProperties extends PropertiesOf<MessageProperty | 'topicAlias' | 'subscriptionIdentifiers'> {}
/** Of PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK. */
export interface AckProperties extends PropertiesOf<'reasonString' | 'userProperties'> {}
export interface SubscribeProperties extends PropertiesOf<'subscriptionIdentifier' | 'userProperties'> {}
export interface UnsubscribeProperties extends PropertiesOf<'userProperties'> {}
/** What a client may send with its DISCONNECT. */
export interface DisconnectProperties extends PropertiesOf<
  'sessionExpiryInterval' | 'reasonString' | 'userProperties'
> {}
/** What a server may send with its DISCONNECT. */
export interface ServerDisconnectProperties extends PropertiesOf<
  'serverReference' | 'reasonString' | 'userProperties'
> {}
export interface AuthProperties extends PropertiesOf<
  'authenticationMethod' | 'authenticationData' | 'reasonString' | 'userProperties'
> {}

/** Any property set, as the encoder and the decoder see it: the table decides what may be in it. */
export type AnyProperties = { readonly [K in PropertyName]?: PropertyTypes[K] | undefined };
