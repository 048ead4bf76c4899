import type { Packet } from '@minimq/core/codec';
import type { CallSite } from './call-site.ts';

/**
 * `unexpected-packet`: another packet than the script wants, or one where it wants none. `malformed-packet`: bytes that are
 * no packet of a client. `unexpected-end`: the client closed its connection. `unexpected-connection`: it opened one.
 * `nothing-came`: what the script waits for did not come. `left-over`: the script ended before everything was dealt
 * with. `misuse`: the script asks for something that cannot be done.
 */
export type ScriptErrorCode =
  | 'unexpected-packet'
  | 'malformed-packet'
  | 'unexpected-end'
  | 'unexpected-connection'
  | 'nothing-came'
  | 'left-over'
  | 'misuse';

export interface ScriptErrorDetails {
  /** Where in the test the step stands. */
  readonly site?: CallSite | undefined;
  /** The step as text: `expect.publish({ topic: 'a' })`. */
  readonly step?: string | undefined;
  /** What the script wants: `PUBLISH`. */
  readonly wanted?: string | undefined;
  readonly got?: Packet | undefined;
  readonly bytes?: Uint8Array | undefined;
  /** The fields that are not as wanted. */
  readonly fields?: readonly string[] | undefined;
  readonly connection?: number | undefined;
  /** The last packets. */
  readonly transcript?: string | undefined;
  readonly cause?: unknown;
}

/** A script and the client have come apart. The message says all that is known; the fields say it once more. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
  readonly code: ScriptErrorCode;
  /** The line of the script: `test/reconnect.test.ts:14:23`. */
  readonly line: string | undefined;
  /** The step as text: `expect.publish({ topic: 'a' })`. */
  readonly step: string | undefined;
  /** What the script wants: `PUBLISH`. */
  readonly wanted: string | undefined;
  /** What came instead; undefined: nothing, or no packet. */
  readonly got: Packet | undefined;
  /** The bytes of what came. */
  readonly bytes: Uint8Array | undefined;
  /** The fields that are not as wanted. */
  readonly fields: readonly string[];
  /** Which connection it was, counted from 1. */
  readonly connection: number | undefined;
  /** The last packets. */
  readonly transcript: string;

  constructor(code: ScriptErrorCode, message: string, details: ScriptErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.line = details.site?.line;
    this.step = details.step;
    this.wanted = details.wanted;
    this.got = details.got;
    this.bytes = details.bytes;
    this.fields = details.fields ?? [];
    this.connection = details.connection;
    this.transcript = details.transcript ?? '';
    // Test runners show the source where the stack begins: that is the line of the script.
    const frames = details.site?.frames ?? '';
    if (frames !== '') this.stack = `${this.name}: ${message}\n${frames}`;
  }
}
