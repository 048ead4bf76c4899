/** What a command sees of the process that runs it. */
export interface Surroundings {
  /** Takes text for the standard output, with its line ends. */
  readonly out: (text: string) => void;
  /** The same for the standard error. */
  readonly err: (text: string) => void;
  /** The width of the terminal that the standard error is; undefined: it is none. */
  readonly columns?: number | undefined;
  /** Aborted when the command is to stop: by SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

/** Ends a command with one line on the standard error. */
export class CommandFailure extends Error {
  /** 1: it could not be done, or its result is bad. 2: it was asked for in a wrong way. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
