import { expectTypeOf } from 'vitest';
import type {
  AckProperties,
  AnyProperties,
  AuthProperties,
  ConnackProperties,
  ConnectProperties,
  DeliveryProperties,
  DisconnectProperties,
  Packet,
  PropertiesOf,
  PropertyName,
  PropertyTypes,
  PublishPacket,
  PublishProperties,
  ServerDisconnectProperties,
  SubackPacket,
  SubscribeProperties,
  UnsubscribeProperties,
  WillProperties,
} from '@minimq/core/codec';

// A property in the wrong packet does not compile: not in a literal, not through a variable, not through a spread.

type Names<Properties> = {
  [K in keyof Properties]-?: Exclude<Properties[K], undefined> extends never ? never : K;
}[keyof Properties];

type Message =
  | 'payloadFormatIndicator'
  | 'messageExpiryInterval'
  | 'contentType'
  | 'responseTopic'
  | 'correlationData'
  | 'userProperties';
type Authentication = 'authenticationMethod' | 'authenticationData';
type Limits = 'sessionExpiryInterval' | 'receiveMaximum' | 'maximumPacketSize' | 'topicAliasMaximum';

// What each packet may carry.
expectTypeOf<Names<ConnectProperties>>().toEqualTypeOf<
  Limits | Authentication | 'requestResponseInformation' | 'requestProblemInformation' | 'userProperties'
>();
expectTypeOf<Names<WillProperties>>().toEqualTypeOf<Message | 'willDelayInterval'>();
expectTypeOf<Names<ConnackProperties>>().toEqualTypeOf<
  | Limits
  | Authentication
  | 'maximumQoS'
  | 'retainAvailable'
  | 'assignedClientIdentifier'
  | 'reasonString'
  | 'userProperties'
  | 'wildcardSubscriptionAvailable'
  | 'subscriptionIdentifierAvailable'
  | 'sharedSubscriptionAvailable'
  | 'serverKeepAlive'
  | 'responseInformation'
  | 'serverReference'
>();
expectTypeOf<Names<PublishProperties>>().toEqualTypeOf<Message | 'topicAlias'>();
expectTypeOf<Names<DeliveryProperties>>().toEqualTypeOf<Message | 'topicAlias' | 'subscriptionIdentifiers'>();
expectTypeOf<Names<AckProperties>>().toEqualTypeOf<'reasonString' | 'userProperties'>();
expectTypeOf<Names<SubscribeProperties>>().toEqualTypeOf<'subscriptionIdentifier' | 'userProperties'>();
expectTypeOf<Names<UnsubscribeProperties>>().toEqualTypeOf<'userProperties'>();
expectTypeOf<Names<DisconnectProperties>>().toEqualTypeOf<
  'sessionExpiryInterval' | 'reasonString' | 'userProperties'
>();
expectTypeOf<Names<ServerDisconnectProperties>>().toEqualTypeOf<
  'serverReference' | 'reasonString' | 'userProperties'
>();
expectTypeOf<Names<AuthProperties>>().toEqualTypeOf<Authentication | 'reasonString' | 'userProperties'>();
expectTypeOf<Names<AnyProperties>>().toEqualTypeOf<PropertyName>();

// And nothing else: every other property of MQTT, one by one, makes a set that does not fit.
type Wrong<Properties> = {
  [K in Exclude<PropertyName, Names<Properties>>]: { readonly [Key in K]: PropertyTypes[Key] } extends Properties
    ? K
    : never;
}[Exclude<PropertyName, Names<Properties>>];

expectTypeOf<Wrong<ConnectProperties>>().toBeNever();
expectTypeOf<Wrong<WillProperties>>().toBeNever();
expectTypeOf<Wrong<ConnackProperties>>().toBeNever();
expectTypeOf<Wrong<PublishProperties>>().toBeNever();
expectTypeOf<Wrong<DeliveryProperties>>().toBeNever();
expectTypeOf<Wrong<AckProperties>>().toBeNever();
expectTypeOf<Wrong<SubscribeProperties>>().toBeNever();
expectTypeOf<Wrong<UnsubscribeProperties>>().toBeNever();
expectTypeOf<Wrong<DisconnectProperties>>().toBeNever();
expectTypeOf<Wrong<ServerDisconnectProperties>>().toBeNever();
expectTypeOf<Wrong<AuthProperties>>().toBeNever();

// Through a variable.
const granted = { receiveMaximum: 10, userProperties: [['a', 'b']] } as const;
expectTypeOf(granted).toExtend<ConnectProperties>();
expectTypeOf(granted).not.toExtend<PublishProperties>();
expectTypeOf(granted).not.toExtend<AckProperties>();

// Through a spread, which is how a received message becomes one to send.
declare const received: DeliveryProperties;
declare const connack: ConnackProperties;
const forwarded = { ...received, contentType: 'text/plain' };
expectTypeOf(forwarded).not.toExtend<PublishProperties>();
expectTypeOf({ ...connack, contentType: 'text/plain' }).not.toExtend<PublishProperties>();
const { subscriptionIdentifiers: _, ...rest } = received;
expectTypeOf({ ...rest, contentType: 'text/plain' }).toExtend<PublishProperties>();

// From one packet's type to another's.
expectTypeOf<DeliveryProperties>().not.toExtend<PublishProperties>();
expectTypeOf<PublishProperties>().toExtend<DeliveryProperties>();
expectTypeOf<PublishProperties>().not.toExtend<WillProperties>();
expectTypeOf<WillProperties>().not.toExtend<PublishProperties>();
expectTypeOf<ConnectProperties>().not.toExtend<ConnackProperties>();
expectTypeOf<DisconnectProperties>().not.toExtend<ServerDisconnectProperties>();
expectTypeOf<AnyProperties>().not.toExtend<PublishProperties>();
expectTypeOf<UnsubscribeProperties>().toExtend<AckProperties>();

// Absent, undefined, and of the right type.
expectTypeOf<Record<never, never>>().toExtend<PublishProperties>();
expectTypeOf<{ contentType: undefined }>().toExtend<PublishProperties>();
expectTypeOf<{ contentType: number }>().not.toExtend<PublishProperties>();
expectTypeOf<{ payloadFormatIndicator: 2 }>().not.toExtend<PublishProperties>();
expectTypeOf<{ payloadFormatIndicator: true }>().not.toExtend<PublishProperties>();
expectTypeOf<{ correlationData: string }>().not.toExtend<PublishProperties>();
expectTypeOf<{ userProperties: { a: string } }>().not.toExtend<PublishProperties>();
expectTypeOf<{ userProperties: [string, string][] }>().toExtend<PublishProperties>();
expectTypeOf<{ userProperties: readonly (readonly [string, string])[] }>().toExtend<PublishProperties>();
expectTypeOf<{ userProperties: [string, string, string][] }>().not.toExtend<PublishProperties>();
expectTypeOf<{ maximumQoS: 2 }>().not.toExtend<ConnackProperties>();
expectTypeOf<PropertiesOf<'topicAlias'>>().toExtend<PublishProperties>();

// In the packets.
expectTypeOf<PublishPacket['properties']>().toEqualTypeOf<DeliveryProperties | undefined>();
expectTypeOf<SubackPacket['properties']>().toEqualTypeOf<AckProperties | undefined>();
expectTypeOf<Extract<Packet, { type: 'auth' }>['properties']>().toEqualTypeOf<AuthProperties>();
