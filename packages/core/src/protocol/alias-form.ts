import { putFixedHeader, wholeLength } from '../codec/fixed-header.ts';
import { publishHeadLength } from '../codec/publish.ts';
import { putU16, putVarint } from '../codec/put.ts';
import { Block } from './block.ts';
import type { BlockOwner, Operation } from './operation.ts';
import type { TxArena } from './tx-arena.ts';

const TOPIC_ALIAS = 0x23;
const TOPIC_ALIAS_LENGTH = 3;

/**
 * A publish under a topic alias, for this connection alone. The operation keeps the whole form, since a repeat on
 * another connection must not use the alias.
 */
export class AliasForm extends Block {
  readonly operation: Operation;
  readonly #owner: BlockOwner<AliasForm>;

  constructor(operation: Operation, owner: BlockOwner<AliasForm>) {
    super(operation.bytes);
    this.operation = operation;
    this.#owner = owner;
  }

  override written(): void {
    this.#owner.blockWritten(this);
  }

  override dropped(): void {
    this.#owner.blockDropped(this);
  }
}

/** How the whole form of a publish is laid out. */
export interface WholeForm {
  readonly first: number;
  readonly topicLength: number;
  /** Of the properties, without their length in front. */
  readonly propertiesLength: number;
  readonly payloadLength: number;
}

/** The bytes that the form under an alias takes; `known`: the broker has the topic already. */
export function aliasFormLength(operation: Operation, whole: WholeForm, known: boolean): number {
  return wholeLength(remainingLength(operation, whole, known));
}

/** Writes the form under an alias into its place in the arena, from the whole form there. */
export function writeAliasForm(
  arena: TxArena,
  form: AliasForm,
  operation: Operation,
  whole: WholeForm,
  alias: number,
  known: boolean,
): void {
  const { bytes } = arena;
  let position = putFixedHeader(bytes, form.offset, whole.first, remainingLength(operation, whole, known));
  const from = operation.end - whole.payloadLength - whole.propertiesLength;
  if (known) position = putU16(bytes, position, 0);
  else {
    const topic = operation.offset + operation.length - wholeRemaining(operation, whole);
    bytes.copyWithin(position, topic, topic + 2 + whole.topicLength);
    position += 2 + whole.topicLength;
  }
  if (operation.packetId !== 0) position = putU16(bytes, position, operation.packetId);
  position = putVarint(bytes, position, whole.propertiesLength + TOPIC_ALIAS_LENGTH);
  bytes[position] = TOPIC_ALIAS;
  position = putU16(bytes, position + 1, alias);
  bytes.copyWithin(position, from, operation.end);
}

function wholeRemaining({ qos }: Operation, whole: WholeForm): number {
  return publishHeadLength(whole.topicLength, qos, whole.propertiesLength) + whole.payloadLength;
}

function remainingLength({ qos }: Operation, whole: WholeForm, known: boolean): number {
  const topicLength = known ? 0 : whole.topicLength;
  return publishHeadLength(topicLength, qos, whole.propertiesLength + TOPIC_ALIAS_LENGTH) + whole.payloadLength;
}
