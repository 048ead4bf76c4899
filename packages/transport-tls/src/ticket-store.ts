import type { Buffer } from 'node:buffer';
import type { TlsChoices } from './options.ts';
import { sessionKey } from './session-key.ts';

type Judge = NonNullable<TlsChoices['checkServerIdentity']>;

/**
 * The caller's function that the server of a ticket has passed. Beside the ticket and not in its key: an option that is a
 * new function each time would fill the caller's Map with entries that nobody can use again.
 */
const JUDGES = new WeakMap<Buffer, Judge>();

/** The caller's Map of tickets, as one server and set of options sees it. */
export class TicketStore {
  readonly #sessions: Map<string, Buffer>;
  readonly #key: string;
  readonly #judge: Judge | undefined;

  constructor(sessions: Map<string, Buffer>, target: string, choices: TlsChoices) {
    this.#sessions = sessions;
    this.#key = sessionKey(target, choices);
    this.#judge = choices.checkServerIdentity;
  }

  /** The ticket to offer, if there is one. */
  get(): Buffer | undefined {
    const ticket = this.#sessions.get(this.#key);
    return ticket !== undefined && JUDGES.get(ticket) === this.#judge ? ticket : undefined;
  }

  set(ticket: Buffer): void {
    if (this.#judge !== undefined) JUDGES.set(ticket, this.#judge);
    this.#sessions.set(this.#key, ticket);
  }

  forget(): void {
    this.#sessions.delete(this.#key);
  }
}
