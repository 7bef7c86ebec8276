const { DeleteObjectsCommand, ListObjectVersionsCommand } = require('@aws-sdk/client-s3');
const { isNamed } = require('./awsErrors');

/**
 * Deletes every object, every version of it and every delete marker: a bucket goes only when it is empty.
 * @returns how many there were; 0 where the bucket itself is gone
 */
module.exports = async ({ s3 }, bucket) => {
  for (let count = 0; ; ) {
    const Objects = await firstVersions(s3, bucket);
    if (Objects.length === 0) return count;
    const Delete = { Objects, Quiet: true };
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
    const [refused] = Errors;
    if (refused)
      throw new Error(
        `The bucket ${bucket} cannot be emptied: ${refused.Key} stays (${refused.Message ?? refused.Code}).`,
      );
    count += Objects.length;
  }
};

async function firstVersions(s3, bucket) {
  try {
    const asked = new ListObjectVersionsCommand({ Bucket: bucket });
    const { Versions = [], DeleteMarkers = [] } = await s3.send(asked);
    return [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
  } catch (error) {
    if (isNamed(error, 'NoSuchBucket')) return [];
    throw error;
  }
}
