/** The one read of an Io that may wait, and be answered by events. */
export class WaitingRead {
  /** Fills a buffer from what is there: how many bytes, 0 at the end, undefined where nothing has come yet. May throw. */
  readonly #tryRead: (buffer: Uint8Array<ArrayBuffer>) => number | undefined;
  #retry: (() => void) | undefined;

  constructor(tryRead: (buffer: Uint8Array<ArrayBuffer>) => number | undefined) {
    this.#tryRead = tryRead;
  }

  /** Answers at once where it can. */
  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number> {
    const count = this.#tryRead(buffer);
    if (count !== undefined) return count;
    return new Promise((resolve, reject) => {
      this.#retry = () => {
        try {
          const later = this.#tryRead(buffer);
          if (later === undefined) return;
          this.#retry = undefined;
          resolve(later);
        } catch (error) {
          this.#retry = undefined;
          reject(error);
        }
      };
    });
  }

  /** Something has happened that may answer the read. */
  retry(): void {
    this.#retry?.();
  }
}
