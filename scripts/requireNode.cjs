/**
 * Ends the process with one line on a Node that the framework does not support; package.json has the same range under
 * `engines`. Plain JavaScript of the oldest kind, so that an old Node can read it.
 */
var parts = process.versions.node.split('.').map(Number);
var major = parts[0] || 0;
var minor = parts[1] || 0;

var isSupported = major >= 24 || (major === 22 && minor >= 13) || (major === 20 && minor >= 19);

if (!isSupported) {
  console.error(
    `edge-chat needs Node 20 from 20.19 on, 22 from 22.13 on, or 24 and newer; this is ${process.versions.node}.`,
  );
  process.exit(1);
}
