import { expect, it, onTestFinished } from 'vitest';
import { main } from '../../apps/examples/src/demo/main.ts';
import { Mosquitto } from './support/mosquitto.ts';

it('the demo runs against mosquitto as it comes, and loses and doubles nothing', async () => {
  const mosquitto = await Mosquitto.start(() => ['allow_anonymous true']);
  onTestFinished(() => mosquitto.stop());
  const written = { output: '', errors: '' };
  const exitCode = await main(
    ['--broker', mosquitto.url],
    { write: (text) => (written.output += text) },
    { write: (text) => (written.errors += text) },
  );
  expect(written.errors).toBe('');
  expect(written.output).toContain('Nothing was lost and nothing was doubled');
  expect(exitCode).toBe(0);
});
