import { startNative } from './engines';
import { describeErasure } from './erasureContract';

describeErasure(startNative);
