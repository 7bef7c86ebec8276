import * as own from '../../lib/aws/clients/own';
import * as sdk from '../../lib/aws/clients/sdk';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** The two modules that `#awsClients` stands for: they export the same. */
export const awsClients: Record<'own' | 'sdk', typeof own> = { own, sdk };
