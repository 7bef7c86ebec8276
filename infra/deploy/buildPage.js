const { execFile } = require('node:child_process');
const path = require('node:path');

const BUILD = 'web/build.mjs';
const PAGE = '.build/web';

/** Builds the page and gives the directory it is in. */
module.exports = (serviceDirectory) =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [BUILD], { cwd: serviceDirectory }, (error, _stdout, stderr) => {
      if (error) reject(new Error(`The page does not build:\n${stderr.trim()}`));
      else resolve(path.join(serviceDirectory, PAGE));
    });
  });
