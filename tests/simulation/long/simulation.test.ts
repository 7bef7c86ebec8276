import { expectPromises } from '../promises';

it('keeps every promise in 100,000 sends', () => expectPromises(1_000_000, 100_000), 900_000);
