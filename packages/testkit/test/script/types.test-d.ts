import { expectTypeOf } from 'vitest';
import type { ConnectPacket, PublishPacket, SubscribePacket } from '@minimq/core/codec';
import { want, type FieldsSent, type FieldsWanted, type ScriptedBroker, type ServerPackets } from '@minimq/testkit';

// What the compiler says of a script; nothing here runs.

export async function script(broker: ScriptedBroker): Promise<void> {
  // Fields and properties side by side, and nothing that the packet cannot have.
  expectTypeOf(await broker.expect.connect({ cleanStart: true, receiveMaximum: 10 })).toEqualTypeOf<ConnectPacket>();
  // @ts-expect-error -- a wrong name
  await broker.expect.connect({ recieveMaximum: 10 });
  // @ts-expect-error -- a property of other packets
  await broker.expect.connect({ topicAlias: 1 });
  // @ts-expect-error -- a wrong type
  await broker.expect.connect({ keepAlive: '60' });
  await broker.expect.connect({
    keepAlive: (seconds) => seconds > 0,
    clientId: /^c/,
    will: { topic: 'a', willDelayInterval: 5 },
  });
  await broker.expect.connect((packet) => packet.keepAlive === 60);
  await broker.expect.publish({ payload: '68 69', correlationData: Uint8Array.of(1), userProperties: [['a', 'b']] });
  await broker.expect.subscribe({ subscriptions: [{ topicFilter: 'a' }] });
  await broker.expect.disconnect({ sessionExpiryInterval: 0 });
  // @ts-expect-error -- of a broker only
  await broker.expect.disconnect({ serverReference: 'b' });

  // Packets acknowledge packets.
  const publish = await broker.expect.publish();
  expectTypeOf(publish).toEqualTypeOf<PublishPacket>();
  await broker.send.pubrec(publish, { reasonCode: 0x87 });
  await broker.expect.pubrel(publish);
  await broker.send.connack({ receiveMaximum: 1 });
  // @ts-expect-error -- a property of other packets
  await broker.send.connack({ topicAlias: 1 });
  // @ts-expect-error -- of a client only
  await broker.send.disconnect({ sessionExpiryInterval: 0 });

  // A group gives its packets in the order of its wants.
  const group = await broker.expect.unordered([want.publish({ topic: 'a' }), want.subscribe()]);
  expectTypeOf(group).toEqualTypeOf<readonly [PublishPacket, SubscribePacket]>();

  await broker.answer({ subscribe: { reasonCodes: [0x87] }, publish: ({ qos }) => qos > 0, end: true });
  // @ts-expect-error -- PINGRESP has no fields
  await broker.answer({ pingreq: { reasonCode: 0 } });
}

expectTypeOf<FieldsWanted<ConnectPacket>>().toHaveProperty('sessionExpiryInterval');
expectTypeOf<FieldsSent<ServerPackets['publish']>>().toHaveProperty('subscriptionIdentifiers');
