/**
 * A strict MQTT v5 codec for both directions: packets as plain objects, bytes in the caller's buffers.
 *
 * @module
 */
export { decodePacket, encodePacket, packetLength, type Packet, type PingPacket, type Sender } from './packet.ts';
export { frameLength } from './fixed-header.ts';
export { varintLength, VARINT_MAX } from './varint.ts';

export type { ConnectPacket, Will } from './connect.ts';
export type { ConnackPacket } from './connack.ts';
export type { PublishPacket } from './publish.ts';
export type { AckPacket } from './ack.ts';
export type { SubackPacket, SubscribePacket, Subscription } from './subscribe.ts';
export type { UnsubscribePacket } from './unsubscribe.ts';
export type { DisconnectPacket } from './disconnect.ts';
export type { AuthPacket } from './auth.ts';

export * as PacketType from './packet-type.ts';
export { packetTypeName, type PacketName } from './packet-name.ts';
export { QoS, RetainHandling, isQoS } from './qos.ts';
export { ReasonCode, describeReasonCode } from './reason-code.ts';
export { isReasonCode, type ReasonCodeUse } from './reason-code-use.ts';
export { hasWildcard, isShared, isTopicFilter } from './topic.ts';
export type {
  AckProperties,
  AnyProperties,
  AuthProperties,
  ConnackProperties,
  ConnectProperties,
  DeliveryProperties,
  DisconnectProperties,
  PropertiesOf,
  PropertyName,
  PropertyTypes,
  PublishProperties,
  ServerDisconnectProperties,
  SubscribeProperties,
  UnsubscribeProperties,
  UserProperties,
  WillProperties,
} from './properties.ts';
