import type { Bench } from './bench.ts';
import { errorInWords } from './call.ts';
import type { IoPeerAbility } from './options.ts';
import type { Sentence } from './sentences.ts';

/** What a case is before it has a transport. */
export interface CaseBody {
  readonly name: string;
  readonly sentence: Sentence;
  /** What it needs of the peer. */
  readonly needs?: readonly IoPeerAbility[];
  /** Only for transports that hold their peer back, or only for those that cannot. Default: for all. */
  readonly only?: 'flow-control' | 'no-flow-control';
  run(bench: Bench): Promise<void>;
}

/** One thing that a transport has to do, independent of any test runner. */
export interface IoCase {
  readonly name: string;
  /** The sentence of the contract that it states. */
  readonly sentence: Sentence;
  /** Opens a pair, and closes it again. Rejects with an `IoConformanceError` where the transport does something else. */
  readonly run: () => Promise<void>;
}

/** A transport does not do what its contract says. */
export class IoConformanceError extends Error {
  override readonly name = 'IoConformanceError';
  readonly caseName: string;
  readonly sentence: Sentence;

  constructor(transport: string, body: CaseBody, cause: unknown) {
    const why = cause instanceof Error ? cause.message : errorInWords(cause);
    super(`${transport}: ${body.name}: ${why}\n  The contract: ${body.sentence}`, { cause });
    this.caseName = body.name;
    this.sentence = body.sentence;
  }
}
