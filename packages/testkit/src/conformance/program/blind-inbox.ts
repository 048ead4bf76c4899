import { Inbox } from '../bench/inbox.ts';

/** The application of a program: all that is seen of it are the lines that it prints. */
export class BlindInbox extends Inbox {
  /** `topic payload`; a line without a space is no message. */
  print(line: string): void {
    const end = line.indexOf(' ');
    if (end === -1) return;
    const [topic, payload] = [line.slice(0, end), Buffer.from(line.slice(end + 1))];
    // Nobody knows more of a message that was printed.
    void this.deliver({ topic, payload, qos: Number.NaN, retain: false, dup: false });
  }

  override hold(): void {
    throw new Error('A program cannot be told to be slow');
  }

  override fail(): void {
    throw new Error('A program cannot be told to fail');
  }
}
