import { describe, expect, it } from 'vitest';
import {
  decodePacket,
  describeReasonCode,
  isReasonCode,
  packetLength,
  ReasonCode,
  type Packet,
  type Sender,
} from '@minimq/core/codec';
import { framedHex, hex } from './bytes.ts';
import { expectInvalidArgument, expectInvalidPacket } from './refusal.ts';

// Section 2.4: all 256 codes in every packet, from either side.

interface Place {
  readonly name: string;
  readonly sender: Sender;
  /** What the standard allows there. */
  readonly codes: string;
  readonly bytes: (code: string) => Uint8Array;
  readonly packet: (code: number) => object;
}

const ack = (sender: Sender, type: string, first: string, codes: string): Place => ({
  name: `${type.toUpperCase()} of a ${sender}`,
  sender,
  codes,
  bytes: (code) => framedHex(first, '00 01', code),
  packet: (reasonCode) => ({ type, packetId: 1, reasonCode }),
});

const auth = (sender: Sender, codes: string): Place => ({
  name: `AUTH of a ${sender} [MQTT-3.15.2-1]`,
  sender,
  codes,
  bytes: (code) => framedHex('f0', code, '04 15 00 01 6d'),
  packet: (reasonCode) => ({ type: 'auth', reasonCode, properties: { authenticationMethod: 'm' } }),
});

const disconnect = (sender: Sender, codes: string): Place => ({
  name: `DISCONNECT of a ${sender} [MQTT-3.14.2-1]`,
  sender,
  codes,
  bytes: (code) => framedHex('e0', code),
  packet: (reasonCode) => ({ type: 'disconnect', reasonCode }),
});

const places: readonly Place[] = [
  {
    name: 'CONNACK [MQTT-3.2.2-8]',
    sender: 'server',
    codes: '00 80 81 82 83 84 85 86 87 88 89 8a 8c 90 95 97 99 9a 9b 9c 9d 9f',
    bytes: (code) => framedHex('20', '00', code, '00'),
    packet: (reasonCode) => ({ type: 'connack', sessionPresent: false, reasonCode }),
  },
  ack('client', 'puback', '40', '00 80 83 87 90 91 97 99'),
  ack('server', 'puback', '40', '00 10 80 83 87 90 91 97 99'),
  ack('client', 'pubrec', '50', '00 80 83 87 90 91 97 99'),
  ack('server', 'pubrec', '50', '00 10 80 83 87 90 91 97 99'),
  ack('client', 'pubrel', '62', '00 92'),
  ack('server', 'pubrel', '62', '00 92'),
  ack('client', 'pubcomp', '70', '00 92'),
  ack('server', 'pubcomp', '70', '00 92'),
  {
    name: 'SUBACK [MQTT-3.9.3-2]',
    sender: 'server',
    codes: '00 01 02 80 83 87 8f 91 97 9e a1 a2',
    bytes: (code) => framedHex('90', '00 01 00 00', code),
    packet: (code) => ({ type: 'suback', packetId: 1, reasonCodes: [0, code] }),
  },
  {
    name: 'UNSUBACK [MQTT-3.11.3-2]',
    sender: 'server',
    codes: '00 11 80 83 87 8f 91',
    bytes: (code) => framedHex('b0', '00 01 00 00', code),
    packet: (code) => ({ type: 'unsuback', packetId: 1, reasonCodes: [0, code] }),
  },
  disconnect('client', '00 04 80 81 82 83 90 93 94 95 96 97 98 99 9b'),
  disconnect('server', '00 80 81 82 83 87 89 8b 8c 8d 8e 8f 90 93 94 95 96 97 98 99 9a 9b 9c 9d 9e 9f a0 a1 a2'),
  auth('client', '18 19'),
  auth('server', '00 18'),
];

for (const { name, sender, codes, bytes, packet } of places) {
  describe(`the reason codes of ${name}`, () => {
    const legal = new Set(hex(codes));

    it(`are ${codes}`, () => {
      for (let code = 0; code < 256; code++) {
        const encoded = bytes(code.toString(16).padStart(2, '0'));
        const run = () => packetLength(packet(code) as Packet, sender);
        if (legal.has(code)) {
          const decoded = decodePacket(encoded, sender);
          if ('reasonCodes' in decoded) expect(decoded.reasonCodes).toEqual([0, code]);
          else expect(decoded).toMatchObject({ reasonCode: code });
          run();
        } else {
          expectInvalidPacket(() => decodePacket(encoded, sender), 0x82);
          expectInvalidArgument(run, /cannot have the reason code 0x/);
        }
      }
    });

    it('are numbers, and no others', () => {
      for (const wrong of [-1, 256, 0.5, Number.NaN, '0', 'success', null, true, {}]) {
        expectInvalidArgument(() => packetLength(packet(wrong as number) as Packet, sender), /reason code/);
      }
    });
  });
}

describe('a reason code', () => {
  it('has the number that the standard gives its name', () => {
    expect(ReasonCode).toEqual({
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
      unspecifiedError: 0x80,
      malformedPacket: 0x81,
      protocolError: 0x82,
      implementationSpecificError: 0x83,
      unsupportedProtocolVersion: 0x84,
      clientIdentifierNotValid: 0x85,
      badUserNameOrPassword: 0x86,
      notAuthorized: 0x87,
      serverUnavailable: 0x88,
      serverBusy: 0x89,
      banned: 0x8a,
      serverShuttingDown: 0x8b,
      badAuthenticationMethod: 0x8c,
      keepAliveTimeout: 0x8d,
      sessionTakenOver: 0x8e,
      topicFilterInvalid: 0x8f,
      topicNameInvalid: 0x90,
      packetIdentifierInUse: 0x91,
      packetIdentifierNotFound: 0x92,
      receiveMaximumExceeded: 0x93,
      topicAliasInvalid: 0x94,
      packetTooLarge: 0x95,
      messageRateTooHigh: 0x96,
      quotaExceeded: 0x97,
      administrativeAction: 0x98,
      payloadFormatInvalid: 0x99,
      retainNotSupported: 0x9a,
      qosNotSupported: 0x9b,
      useAnotherServer: 0x9c,
      serverMoved: 0x9d,
      sharedSubscriptionsNotSupported: 0x9e,
      connectionRateExceeded: 0x9f,
      maximumConnectTime: 0xa0,
      subscriptionIdentifiersNotSupported: 0xa1,
      wildcardSubscriptionsNotSupported: 0xa2,
    } satisfies typeof ReasonCode);
  });

  it('is described by its number and its name', () => {
    expect(describeReasonCode(0x87)).toBe('0x87 (not authorized)');
    expect(describeReasonCode(0x00)).toBe('0x00 (success)');
    expect(describeReasonCode(0x9b)).toBe('0x9b (qos not supported)');
    expect(describeReasonCode(0x05)).toBe('0x05');
  });

  it('can be asked for before it is sent', () => {
    expect(isReasonCode(0x10, 'puback')).toBe(true);
    expect(isReasonCode(0x10, 'pubrel')).toBe(false);
  });
});
