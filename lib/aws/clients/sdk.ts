/** The AWS clients of a bundle with `awsClients=sdk`: those of the AWS SDK. */
export { createSdkBusSink as createBusSink } from '../sdk/sdkBusSink';
export { createSdkDatabase as createDatabase } from '../sdk/sdkDatabase';
export { createSdkFanOutInvoker as createFanOutInvoker } from '../sdk/sdkFanOutInvoker';
export { createSdkPoster as createConnectionPoster } from '../sdk/sdkPoster';
export { createSdkReviewInvoker as createReviewInvoker } from '../sdk/sdkReviewInvoker';
export { createSdkSecretReader as createSecretReader } from '../sdk/sdkSecretReader';
export { createSdkSendQueueMessage as createSendQueueMessage } from '../sdk/sdkSendQueueMessage';
