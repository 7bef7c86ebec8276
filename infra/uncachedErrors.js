/** Every status that CloudFront keeps unasked or on request of the origin: ten seconds long, unless told otherwise. */
const CACHED_ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** CloudFront keeps no error. Otherwise one failure would be the answer to every request at its edge location. */
module.exports = CACHED_ERRORS.map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 }));
