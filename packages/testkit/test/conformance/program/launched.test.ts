import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { launch } from '../../../src/conformance/program/launched.ts';

function run(code: string, ...args: string[]) {
  const lines: string[] = [];
  const launched = launch(process.execPath, ['-e', code, ...args], (line) => lines.push(line));
  return { lines, launched };
}

describe('launch()', () => {
  it('hands arguments over as they are, without a shell', async () => {
    const code = 'process.exitCode = process.argv[1] === "$(id); \'x\' *" ? 0 : 5';
    expect(await run(code, "$(id); 'x' *").launched.exit).toEqual({ kind: 'exited', code: 0 });
  });

  it('keeps the last of what a program says on its standard error', async () => {
    const { launched } = run('process.stderr.write("x".repeat(1e5) + "\\nthe end\\n", () => process.exit(7))');
    expect(await launched.exit).toEqual({ kind: 'exited', code: 7 });
    await expect.poll(() => launched.errorText()).toMatch(/^x+\nthe end$/);
    expect(launched.errorText().length).toBeLessThanOrEqual(2_000);
  });

  it('puts lines together, and passes over those that are too long', async () => {
    const code = `
      process.stdout.write('\\u20ac 1\\na 2\\r\\n');
      process.stdout.write('x'.repeat(3e6) + '\\nb 3\\n');
      setInterval(() => {}, 1000);
    `;
    const { lines, launched } = run(code);
    await expect.poll(() => lines).toEqual(['€ 1', 'a 2', 'b 3']);
    await launched.stop();
  });

  it('says that a program could not be started', async () => {
    const missing = launch('/no/such/program', [], () => {});
    expect(await missing.exit).toEqual({ kind: 'not-started', message: 'spawn /no/such/program ENOENT' });
    await missing.stop();
    const wrong = launch(process.execPath, ['a\0b'], () => {});
    expect(await wrong.exit).toMatchObject({ kind: 'not-started' });
    await wrong.stop();
  });

  it('kills a program that does not end when it is asked to', async () => {
    const { lines, launched } = run(`
      process.on('SIGTERM', () => {});
      console.log('ready');
      setInterval(() => {}, 1000);
    `);
    await expect.poll(() => lines).toEqual(['ready']);
    await launched.stop();
    expect(await launched.exit).toEqual({ kind: 'killed', signal: 'SIGKILL' });
  });
});
