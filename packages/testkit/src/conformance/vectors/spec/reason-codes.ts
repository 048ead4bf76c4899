import type { Sender } from '@minimq/core/codec';
import type { PacketTypeName } from './packet-types.ts';

// Sections 2.4, 3.2.2.2 and so on: which packet may carry which reason code, and from whom.

const COLUMNS: readonly (readonly PacketTypeName[])[] = [
  ['CONNACK'],
  ['PUBACK', 'PUBREC'],
  ['PUBREL', 'PUBCOMP'],
  ['SUBACK'],
  ['UNSUBACK'],
  ['DISCONNECT'],
  ['AUTH'],
];

// S: of a server, C: of a client, B: of both, -: of neither. ?: the standard says both, and s: it does so of a client.
// Those are 0x8C and 0x9B in DISCONNECT, which one table has and another has not.
const ROWS: readonly (readonly [codes: readonly number[], uses: string])[] = [
  [[0x00], 'S B B S S B S'],
  [[0x01, 0x02], '- - - S - - -'],
  [[0x04], '- - - - - C -'],
  [[0x10], '- S - - - - -'],
  [[0x11], '- - - - S - -'],
  [[0x18], '- - - - - - B'],
  [[0x19], '- - - - - - C'],
  [[0x80, 0x83], 'S B - S S B -'],
  [[0x81, 0x82], 'S - - - - B -'],
  [[0x84, 0x85, 0x86, 0x88, 0x8a], 'S - - - - - -'],
  [[0x87], 'S B - S S S -'],
  [[0x89, 0x9a, 0x9c, 0x9d, 0x9f], 'S - - - - S -'],
  [[0x8b, 0x8d, 0x8e, 0xa0], '- - - - - S -'],
  [[0x8c], 'S - - - - ? -'],
  [[0x8f], '- - - S S S -'],
  [[0x90, 0x99], 'S B - - - B -'],
  [[0x91], '- B - S S - -'],
  [[0x92], '- - B - - - -'],
  [[0x93, 0x94, 0x96, 0x98], '- - - - - B -'],
  [[0x95], 'S - - - - B -'],
  [[0x97], 'S B - S - B -'],
  [[0x9b], 'S - - - - s -'],
  [[0x9e, 0xa1, 0xa2], '- - - S - S -'],
  // No reason code at all.
  [[0x03, 0x05, 0x0f, 0x12, 0x17, 0x1a, 0x7f, 0xa3, 0xc0, 0xff], '- - - - - - -'],
];

export interface ReasonCodeRule {
  readonly code: number;
  /** Undefined where the standard contradicts itself. */
  readonly isAllowed: boolean | undefined;
}

/** The verdict on each reason code in a packet of that type. */
export function reasonCodeRules(type: PacketTypeName, sender: Sender): readonly ReasonCodeRule[] {
  const column = COLUMNS.findIndex((types) => types.includes(type));
  return ROWS.flatMap(([codes, uses]) => {
    const isAllowed = verdict(uses.split(' ')[column]!, sender);
    return codes.map((code) => ({ code, isAllowed }));
  });
}

function verdict(use: string, sender: Sender): boolean | undefined {
  if (use === 'B') return true;
  if (use === '?') return undefined;
  if (use === 's') return sender === 'server' ? true : undefined;
  return use === (sender === 'server' ? 'S' : 'C');
}
