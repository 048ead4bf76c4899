import type * as full from '@minimq/open-io';
import { expectTypeOf, it } from 'vitest';
import type * as browser from '../src/browser.ts';

it('has two faces with the same exports', () => {
  expectTypeOf<typeof full>().toEqualTypeOf<typeof browser>();
});
