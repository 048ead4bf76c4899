import type { QoS } from '../codec/qos.ts';
import { Operation, type OperationState, type PublishResult } from '../protocol/operation.ts';
import type { Wait, WaitOptions } from './wait.ts';

export interface CompletionOptions extends WaitOptions {
  /** Whether to go on waiting when the connection is lost; for callers who are not the ones that reconnect. */
  readonly acrossConnections?: boolean | undefined;
}

/** A publish that was accepted. It makes no promise until asked: an unobserved refusal is no unhandled rejection. */
export interface Op {
  /** `complete`: acknowledged, or, of QoS 0, handed to the transport; `invalidated`: it can never be either. */
  readonly state: OperationState;
  readonly qos: QoS;
  /** 1 to 65,535; 0 in QoS 0. */
  readonly packetId: number;
  /** What the publication carried. */
  readonly tag: string | undefined;
  /**
   * Settles with the end of the exchange; can be asked any number of times, on later connections too.
   *
   * Rejects with `PeerError` (`refused`), `InvalidatedError`, `DisconnectedError` where the connection is gone and
   * `acrossConnections` is not set, `NotReadyError` (`receive-stalled`), `TimeoutError`, or `signal.reason`.
   */
  completion(options?: CompletionOptions): Promise<PublishResult>;
}

/** Makes the promises that operations do not have by themselves. */
export interface CompletionSource {
  complete(operation: SessionOp, options: CompletionOptions): Promise<PublishResult>;
}

export class SessionOp extends Operation implements Op {
  waits: Set<Wait<PublishResult>> | null;
  readonly #source: CompletionSource;

  constructor(source: CompletionSource, bytes: Uint8Array<ArrayBuffer>) {
    super(bytes);
    this.#source = source;
    this.waits = null;
  }

  completion(options: CompletionOptions = {}): Promise<PublishResult> {
    return this.#source.complete(this, options);
  }

  override get isAwaited(): boolean {
    return this.waits !== null;
  }

  /** It has come to its end: tells everyone who waits for it. */
  notify(): void {
    const { waits } = this;
    this.waits = null;
    for (const wait of waits ?? []) {
      if (this.state === 'complete') wait.resolve(this.result!);
      else wait.reject(this.error);
    }
  }
}
