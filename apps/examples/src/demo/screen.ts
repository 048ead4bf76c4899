const BAR_LENGTH = 24;
/** Often enough to look alive, seldom enough to cost nothing. */
const REDRAW_MS = 40;
/** Where the output cannot be redrawn, a line for each of so many parts. */
const PARTS = 5;

/** What the screen needs of `process.stdout`. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
}

/** Lines that stay, and on a terminal one below them that shows the progress. */
export class Screen {
  readonly #output: Output;
  readonly #isTerminal: boolean;
  #progress = '';
  #partsShown = 0;
  #drawnAtMs = Number.NEGATIVE_INFINITY;

  constructor(output: Output) {
    this.#output = output;
    this.#isTerminal = output.isTTY === true;
  }

  /** Prints a line that stays. */
  print(line = ''): void {
    this.#output.write(this.#isTerminal ? `\r\x1b[K${line}\n${this.#progress}` : `${line}\n`);
  }

  /** Shows how far things are; `text` is only asked for when it is shown. */
  progress(done: number, total: number, text: () => string): void {
    if (this.#isTerminal) this.#redraw(done, total, text);
    else {
      const parts = Math.floor((done / total) * PARTS);
      if (parts <= this.#partsShown) return;
      this.#partsShown = parts;
      this.print(drawn(done, total, text()));
    }
  }

  /** The progress is over: the terminal keeps what it shows. */
  endProgress(): void {
    if (this.#progress === '') return;
    this.#progress = '';
    this.#output.write('\n');
  }

  #redraw(done: number, total: number, text: () => string): void {
    const nowMs = performance.now();
    if (done < total && nowMs - this.#drawnAtMs < REDRAW_MS) return;
    this.#drawnAtMs = nowMs;
    this.#progress = drawn(done, total, text());
    this.#output.write(`\r\x1b[K${this.#progress}`);
  }
}

function drawn(done: number, total: number, text: string): string {
  const length = Math.floor((done / total) * BAR_LENGTH);
  const percent = String(Math.floor((done / total) * 100)).padStart(3);
  return `  [${'#'.repeat(length)}${'.'.repeat(BAR_LENGTH - length)}] ${percent} %  ${text}`;
}
