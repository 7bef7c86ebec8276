import { expectSettled } from './expectSettled';

it('reactions converge, and a settled one is shown', () => expectSettled(5_000_000, 4_000), 300_000);
