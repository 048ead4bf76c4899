import { onTestFinished, vi } from 'vitest';

/** Stands for the end of the program, which a test outlives. */
export class Exit extends Error {
  override readonly name = 'Exit';
}

/** From now on `process.exit()` throws an `Exit`; the codes that it was given. */
export function exits(): readonly unknown[] {
  const codes: unknown[] = [];
  const spy = vi.spyOn(process, 'exit').mockImplementation((code) => {
    codes.push(code);
    throw new Exit(`with code ${code}`);
  });
  onTestFinished(() => spy.mockRestore());
  return codes;
}
