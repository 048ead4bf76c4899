import { describe, expect, it } from 'vitest';
import { withoutSecrets } from '../src/attempt.ts';
import { checkRequest } from '../src/options.ts';

// Platforms repeat what they were given in their messages, and a signed URL or a token is a secret.

describe('what a platform says', () => {
  const request = checkRequest('wss://broker.test/mqtt?sig=SECRET', { protocols: ['mqtt', 'TOKEN-1'] });

  it.each([
    ["WebSocket connection to 'wss://broker.test/mqtt?sig=SECRET' failed", 'wss://broker.test/mqtt'],
    ["GET '/mqtt?sig=SECRET' was refused", '/mqtt'],
    ["Wrong protocol for WebSocket 'TOKEN-1'", 'Wrong protocol'],
  ])('loses its secrets, and nothing else: %s', (said, kept) => {
    const clean = withoutSecrets(request, said);
    expect(clean).not.toMatch(/SECRET|TOKEN/);
    expect(clean).toContain(kept);
  });

  it('stays as it is where there are none', () => {
    expect(withoutSecrets(request, 'connect ECONNREFUSED 127.0.0.1:1')).toBe('connect ECONNREFUSED 127.0.0.1:1');
  });
});
