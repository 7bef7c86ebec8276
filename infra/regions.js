/** CloudFront reads web ACLs from this Region only. */
const WEB_ACL_REGION = 'us-east-1';

/** CloudFront delivers no logs to buckets in these (CloudFront Developer Guide, standard logging to S3). */
const WITHOUT_ACCESS_LOGS = new Set(
  (
    'af-south-1 ap-east-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ' +
    'ca-west-1 eu-central-2 eu-south-1 eu-south-2 il-central-1 me-central-1 me-south-1 mx-central-1'
  ).split(' '),
);

const OTHER_PARTITION = /^(cn|us-gov|us-iso|eu-iso|eusc)/;

module.exports = { WEB_ACL_REGION, WITHOUT_ACCESS_LOGS, OTHER_PARTITION };
