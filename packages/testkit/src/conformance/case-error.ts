import type { CaseFailure } from './result.ts';

/** The client has done something else than the standard says, in a way that no single packet shows. */
export class CaseError extends Error {
  override readonly name = 'CaseError';
  readonly level: CaseFailure['level'];

  constructor(level: CaseFailure['level'], message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.level = level;
  }
}
