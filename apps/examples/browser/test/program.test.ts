import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

// The built program, as `npm run demo:browser` starts it.
const PROGRAM = fileURLToPath(new URL('../dist/server/main.js', import.meta.url));

it.each(['SIGINT', 'SIGTERM'] as const)(
  'serves the page with the library in it, and ends cleanly at %s',
  async (signal) => {
    const program = spawn(process.execPath, [PROGRAM], { stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void program.kill('SIGKILL'));
    let errors = '';
    program.stderr.on('data', (data) => (errors += data));
    const exited = once(program, 'exit');
    const [line] = (await Promise.race([once(createInterface(program.stdout), 'line'), exited])) as [unknown];
    expect(line, errors).toMatch(/^Open http:\/\/127\.0\.0\.1:\d+\/ in a browser/);
    const url = /http:\S+/.exec(String(line))![0];
    const page = await (await fetch(url)).text();
    expect(page).toMatch(/content="ws:\/\/127\.0\.0\.1:\d+"/);
    const script = await fetch(`${url}main.js`);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await script.text()).toContain('WebSocket');
    program.kill(signal);
    expect(await exited).toEqual([0, null]);
    expect(errors).toBe('');
  },
);
