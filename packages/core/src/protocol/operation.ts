import type { UserProperties } from '../codec/properties.ts';
import type { QoS } from '../codec/qos.ts';
import type { ReasonCode } from '../codec/reason-code.ts';
import type { MqttError } from '../errors.ts';
import { Block } from './block.ts';

/** What became of a publish, a subscribe or an unsubscribe. */
export type OperationState = 'pending' | 'complete' | 'refused' | 'invalidated';

/** The broker's answer to a publish. QoS 0 has none: it is complete when the transport has taken it. */
export interface PublishResult {
  /** Of the PUBACK or PUBREC; 0 in QoS 0. */
  readonly reasonCode: ReasonCode;
  readonly reasonString?: string | undefined;
  readonly userProperties: UserProperties;
}

/** Whoever put a packet into the outbox, and wants to know how it left. */
export interface BlockOwner<T> {
  blockWritten(block: T): void;
  blockDropped(block: T): void;
}

/**
 * A publish from its acceptance to its end. A QoS 2 publish passes two stages: `publish` until its PUBREC, whose arrival
 * gives its bytes back, then `release` until its PUBCOMP.
 */
export class Operation extends Block {
  state: OperationState;
  stage: 'publish' | 'release';
  qos: QoS;
  /** 0: none, as in QoS 0. */
  packetId: number;
  tag: string | undefined;
  /** Of a QoS 2 publish, what its PUBREC said: known before it is complete. */
  result: PublishResult | null;
  error: MqttError | null;
  owner: BlockOwner<Operation> | null;
  /** The packet that carries it now under a topic alias; its own bytes are then not queued. */
  aliased: Block | null;
  /** Whether it was queued on the present connection, and so holds a slot of the broker's Receive Maximum. */
  open: boolean;
  /** Whether its PUBREL was queued on the present connection. */
  releaseQueued: boolean;
  previous: Operation | null;
  following: Operation | null;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    super(bytes);
    this.state = 'pending';
    this.stage = 'publish';
    this.qos = 0;
    this.packetId = 0;
    this.tag = undefined;
    this.result = null;
    this.error = null;
    this.owner = null;
    this.aliased = null;
    this.open = false;
    this.releaseQueued = false;
    this.previous = null;
    this.following = null;
  }

  get kind(): 'operation' {
    return 'operation';
  }

  /** Whether anyone is to be told of its end. */
  get isAwaited(): boolean {
    return true;
  }

  override written(): void {
    this.owner!.blockWritten(this);
  }

  override dropped(): void {
    this.owner!.blockDropped(this);
  }
}

/** A SUBSCRIBE or UNSUBSCRIBE from its acceptance to its answer. */
export class Request extends Block {
  readonly kind = 'request';
  readonly type: 'subscribe' | 'unsubscribe';
  state: OperationState = 'pending';
  packetId = 0;
  owner: BlockOwner<Request> | null = null;
  filterCount = 0;
  /** What the next CONNACK has to allow if it is sent again. */
  needs: SubscribeNeeds | null = null;
  answer: RequestAnswer | null = null;
  error: MqttError | null = null;

  constructor(type: 'subscribe' | 'unsubscribe', bytes: Uint8Array<ArrayBuffer>) {
    super(bytes);
    this.type = type;
  }

  override written(): void {
    this.owner!.blockWritten(this);
  }

  override dropped(): void {
    this.owner!.blockDropped(this);
  }
}

export interface SubscribeNeeds {
  readonly wildcard: boolean;
  readonly shared: boolean;
  readonly identifier: boolean;
}

/** What a SUBACK or UNSUBACK says (sections 3.9 and 3.11). */
export interface RequestAnswer {
  /** One for each topic filter, in the order of the request. */
  readonly reasonCodes: readonly ReasonCode[];
  readonly reasonString: string | undefined;
  readonly userProperties: UserProperties;
}
