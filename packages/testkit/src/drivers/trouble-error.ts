import type { Transcript } from '../transcript/transcript.ts';

/** Lines of the transcript that a message shows. */
const LINES_SHOWN_MAX = 40;

export interface TroubleErrorOptions {
  /** Where: `where the link is cut after 3 bytes toServer`. */
  readonly where: string;
  /** What makes a driver repeat this run alone; undefined for the run without trouble. */
  readonly position: object | undefined;
  /** Of this run; the message shows its end. */
  readonly transcript: Transcript;
  /** What the exchange failed with. */
  readonly cause: unknown;
}

/** An exchange failed under a driver. The message names the position and shows the transcript. */
export class TroubleError extends Error {
  override readonly name = 'TroubleError';
  /** For the option `only` of the same driver. Undefined: the exchange fails without any trouble. */
  readonly position: object | undefined;
  /** Of the run that failed. */
  readonly transcript: Transcript;

  constructor(options: TroubleErrorOptions) {
    super(messageOf(options), { cause: options.cause });
    this.position = options.position;
    this.transcript = options.transcript;
  }
}

function messageOf({ where, position, transcript, cause }: TroubleErrorOptions): string {
  const again = position === undefined ? [] : [`  again   only: ${literalOf(position)}`];
  const lines = `${transcript.toString({ last: LINES_SHOWN_MAX })}`.split('\n');
  return [
    `The exchange fails ${where}`,
    '',
    `  cause   ${String(cause).replaceAll('\n', '\n          ')}`,
    ...again,
    '',
    '  What has passed:',
    ...lines.map((line) => `  ${line}`.trimEnd()),
  ].join('\n');
}

/** As one would write it: `{ direction: 'toServer', afterBytes: 3 }`. */
function literalOf(position: object): string {
  const fields = Object.entries(position).map(([name, value]) => {
    return `${name}: ${typeof value === 'string' ? `'${value}'` : String(value)}`;
  });
  return `{ ${fields.join(', ')} }`;
}
