import type { Packet, Sender } from '@minimq/core/codec';
import { connectionRows } from './connection-rows.ts';
import { publishRows } from './publish-rows.ts';
import { subscribeRows } from './subscribe-rows.ts';

/** A packet as bytes written by hand, and what it decodes to. */
export interface Row {
  readonly name: string;
  readonly section: string;
  /** 'both': it reads the same from either side. */
  readonly sender: Sender | 'both';
  readonly bytes: string;
  readonly value: Packet;
  /** What the encoder writes instead, where `bytes` is a longer form of the same. */
  readonly shortest?: string;
}

export const rows: readonly Row[] = [...connectionRows, ...publishRows, ...subscribeRows];

export function sendersOf({ sender }: Row): Sender[] {
  return sender === 'both' ? ['client', 'server'] : [sender];
}
